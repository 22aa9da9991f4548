package io.github.llavamed.demo.phantom;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What may be abnormal in a phantom. */
public enum Finding {
  /** Nothing is abnormal. */
  NONE(null, ""),
  /** Bright disc in a lung. */
  NODULE(Modality.XRAY, "a "),
  /** Bright lower part of a lung with an oblique level. */
  PLEURAL_EFFUSION(Modality.XRAY, "a "),
  /** Dark rim around a collapsed lung. */
  PNEUMOTHORAX(Modality.XRAY, "a "),
  /** Dark disc in liver or spleen. */
  CYST(Modality.CT, "a "),
  /** White disc in a kidney. */
  KIDNEY_STONE(Modality.CT, "a "),
  /** Wide aorta. */
  AORTIC_ANEURYSM(Modality.CT, "an "),
  /** Bright ring with oedema. */
  TUMOR(Modality.MRI, "a "),
  /** Dark disc. */
  HEMORRHAGE(Modality.MRI, "a "),
  /** Wide ventricles. */
  HYDROCEPHALUS(Modality.MRI, ""),
  /** Many large cells with nucleoli. */
  CARCINOMA(Modality.HISTOLOGY, "a "),
  /** Many small cells. */
  INFLAMMATION(Modality.HISTOLOGY, "");

  private final @Nullable Modality modality;
  private final String article;

  Finding(@Nullable Modality modality, String article) {
    this.modality = modality;
    this.article = article;
  }

  /** Returns the findings of a modality, without {@link #NONE}, in the order of this list. */
  public static List<Finding> of(Modality modality) {
    return Arrays.stream(values()).filter(finding -> finding.modality == modality).toList();
  }

  /** Returns the name as a short answer, {@code pleural effusion} or {@code none}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Returns the name with its article, if it takes one. */
  public String withArticle() {
    return article + label();
  }
}
