package dev.pargo.evaluation.plan;

import java.util.Map;

/**
 * The rule by which a stage is scaled, as in the chart's values.
 *
 * @param targets          target of each measure for one replica: {@code requests}, {@code queued}, {@code kv}, {@code
 *                         busy}, {@code firstTokenSeconds}
 * @param least            smallest number of replicas
 * @param most             largest number of replicas
 * @param scaleDownSeconds time during which a replica must not have been needed before it is removed
 */
record ScalingRule(Map<String, Double> targets, int least, int most, double scaleDownSeconds) {

    ScalingRule {
        targets = Map.copyOf(targets);
    }
}
