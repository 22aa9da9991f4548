package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.IdLogProb;
import io.github.llavamed.generation.TokenLogProbs;
import java.util.ArrayList;
import java.util.List;

/** Notes how probable a token was and which were most probable. */
public final class TopTokens {
  private TopTokens() {}

  /**
   * Returns the log-probabilities at one position.
   *
   * @param logits as the model gave them // [v]
   * @param id the token of the answer
   * @param count how many most probable tokens to tell, fewer if there are fewer
   */
  public static TokenLogProbs at(float[] logits, int id, int count) {
    double sum = Probabilities.logSumExp(logits);
    List<IdLogProb> top = new ArrayList<>();
    for (int best : best(logits, Math.min(count, logits.length))) {
      top.add(new IdLogProb(best, logits[best] - sum));
    }
    return new TokenLogProbs(id, logits[id] - sum, top);
  }

  /** Returns the ids of the largest values, largest first, of equals the lower id first. */
  public static int[] best(float[] values, int count) {
    int[] best = new int[count];
    int size = 0;
    for (int id = 0; id < values.length; id++) {
      if (size == count && (count == 0 || !(values[id] > values[best[size - 1]]))) {
        continue;
      }
      int place = size == count ? size - 1 : size++;
      while (place > 0 && values[id] > values[best[place - 1]]) {
        best[place] = best[place - 1];
        place--;
      }
      best[place] = id;
    }
    return best;
  }
}
