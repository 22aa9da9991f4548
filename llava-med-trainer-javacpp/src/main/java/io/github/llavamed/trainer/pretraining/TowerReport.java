package io.github.llavamed.trainer.pretraining;

import java.nio.file.Path;

/**
 * What a tower's training came to.
 *
 * @param steps optimiser steps in all
 * @param allRight share of the held-out images whose attributes are all told right, 0 to 1
 * @param featureScale what the features were multiplied with, so that their standard deviation is 1
 * @param outputDir where the tower is
 */
public record TowerReport(long steps, double allRight, double featureScale, Path outputDir) {}
