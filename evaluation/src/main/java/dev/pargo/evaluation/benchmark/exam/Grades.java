package dev.pargo.evaluation.benchmark.exam;

import tools.jackson.databind.JsonNode;

/**
 * The scores of a run.
 *
 * @param text for people
 * @param json the same for programs
 */
public record Grades(String text, JsonNode json) {}
