/**
 * The data file of the page that shows pairwise reviews.
 *
 * <pre>{@code
 * String json = ReviewPage.data(new ReviewPage.Files(questions, vicuna, ours, reviews), options);
 * }</pre>
 */
@NullMarked
package io.github.llavamed.eval.webpage;

import org.jspecify.annotations.NullMarked;
