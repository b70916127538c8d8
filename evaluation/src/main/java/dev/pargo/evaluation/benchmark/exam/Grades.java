package dev.pargo.evaluation.benchmark.exam;

import tools.jackson.databind.JsonNode;

/**
 * What answers are worth.
 *
 * @param text for people
 * @param json the same for programs
 */
public record Grades(String text, JsonNode json) {}
