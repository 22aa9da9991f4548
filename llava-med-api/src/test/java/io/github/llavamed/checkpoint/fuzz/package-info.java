/** Fuzzing of the checkpoint readers: seeded mutations in every build, Jazzer on demand. */
package io.github.llavamed.checkpoint.fuzz;
