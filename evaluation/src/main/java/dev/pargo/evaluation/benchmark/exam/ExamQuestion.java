package dev.pargo.evaluation.benchmark.exam;

import org.jspecify.annotations.Nullable;

/**
 * One question of a benchmark.
 *
 * @param id      unique in the benchmark, the same in every run
 * @param picture null for a question without one
 * @param text    the exact text that the model gets
 */
public record ExamQuestion(String id, @Nullable Picture picture, String text) {}
