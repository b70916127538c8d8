package dev.pargo.evaluation.benchmark.mme;

import java.util.List;

/** The fourteen subtasks in the order of the reference's calculator. */
final class Subtask {

    static final List<String> PERCEPTION = List.of(
            "existence", "count", "position", "color", "posters", "celebrity", "scene", "landmark", "artwork", "OCR");
    static final List<String> COGNITION =
            List.of("commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning");

    private Subtask() {}
}
