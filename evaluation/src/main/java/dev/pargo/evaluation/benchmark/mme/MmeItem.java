package dev.pargo.evaluation.benchmark.mme;

import java.nio.file.Path;

/**
 * One question of MME.
 *
 * @param id       subtask and number
 * @param image    picture file
 * @param question as in the data
 * @param answer   Yes or No
 */
record MmeItem(String id, String subtask, Path image, String question, String answer) {}
