/** Tests of the tokenizers: golden rows, properties, hostile files. */
package io.github.llavamed.tokenizer;
