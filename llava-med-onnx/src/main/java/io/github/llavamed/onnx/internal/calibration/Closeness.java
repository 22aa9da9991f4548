package io.github.llavamed.onnx.internal.calibration;

/**
 * Compares matrices row by row.
 *
 * <p>Confined to one thread.
 */
public final class Closeness {
  private final int width;
  private double product;
  private double referenceSquares;
  private double actualSquares;
  private double worstRowCosine = 1;
  private double maxError;
  private double largestValue;

  /**
   * Creates a comparison.
   *
   * @param width columns of the matrices
   */
  public Closeness(int width) {
    this.width = width;
  }

  /** Adds all rows of a matrix. // [rows, width] each */
  public void add(float[] reference, float[] actual) {
    for (int first = 0; first < reference.length; first += width) {
      double rowProduct = 0;
      double rowReference = 0;
      double rowActual = 0;
      for (int i = first; i < first + width; i++) {
        rowProduct += (double) reference[i] * actual[i];
        rowReference += (double) reference[i] * reference[i];
        rowActual += (double) actual[i] * actual[i];
        maxError = Math.max(maxError, Math.abs((double) reference[i] - actual[i]));
        largestValue = Math.max(largestValue, Math.abs(reference[i]));
      }
      worstRowCosine = Math.min(worstRowCosine, cosine(rowProduct, rowReference, rowActual));
      product += rowProduct;
      referenceSquares += rowReference;
      actualSquares += rowActual;
    }
  }

  private static double cosine(double product, double referenceSquares, double actualSquares) {
    double norm = Math.sqrt(referenceSquares) * Math.sqrt(actualSquares);
    return norm == 0 ? (referenceSquares == actualSquares ? 1 : 0) : product / norm;
  }

  /** Returns the cosine over all values. */
  public double cosine() {
    return cosine(product, referenceSquares, actualSquares);
  }

  /** Returns the smallest cosine of a row. */
  public double worstRowCosine() {
    return worstRowCosine;
  }

  /** Returns the largest absolute difference. */
  public double maxError() {
    return maxError;
  }

  /** Returns the largest absolute value of the reference. */
  public double largestValue() {
    return largestValue;
  }
}
