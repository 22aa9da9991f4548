package io.github.llavamed.onnx.internal.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AgreementTest {
  @Test
  void computesKlByHand() {
    Agreement agreement = new Agreement(2);
    // Reference (3/4, 1/4) against (1/2, 1/2), then equal distributions.
    agreement.add(new float[] {(float) Math.log(3), 0, 1, 5}, new float[] {0, 0, 2, 6});

    double kl = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
    assertThat(agreement.meanKl()).isCloseTo(kl / 2, within(1e-7));
    assertThat(agreement.lastPositionKl()).isCloseTo(0, within(1e-7));
    assertThat(agreement.nextTokenAgreement()).isEqualTo(1);
    assertThat(agreement.positions()).isEqualTo(2);
  }

  @Test
  void countsOtherTokens() {
    Agreement agreement = new Agreement(3);
    agreement.add(new float[] {0, 1, 2, 5, 1, 1}, new float[] {0, 2, 1, 5, 1, 1});

    assertThat(agreement.nextTokenAgreement()).isEqualTo(0.5);
  }

  @Test
  void measuresRowsAndWhole() {
    Closeness closeness = new Closeness(2);
    closeness.add(new float[] {1, 0, 0, 2}, new float[] {1, 0, 2, 2});

    assertThat(closeness.worstRowCosine()).isCloseTo(Math.sqrt(0.5), within(1e-12));
    assertThat(closeness.maxError()).isEqualTo(2);
    assertThat(closeness.largestValue()).isEqualTo(2);
    assertThat(closeness.cosine()).isCloseTo(5 / Math.sqrt(5 * 9), within(1e-12));
  }

  @Test
  void seesNoDifferenceBetweenZeros() {
    Closeness closeness = new Closeness(2);
    closeness.add(new float[2], new float[2]);

    assertThat(closeness.cosine()).isEqualTo(1);
    assertThat(closeness.worstRowCosine()).isEqualTo(1);
  }
}
