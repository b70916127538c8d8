package dev.pargo.evaluation.plan;

import java.util.Map;

/**
 * When a stage is scaled, as the chart's values say.
 *
 * @param targets          what one replica may have, by measure: {@code requests}, {@code queued}, {@code kv}, {@code busy},
 *                         {@code firstTokenSeconds}
 * @param least            replicas that are always there
 * @param most             replicas at most
 * @param scaleDownSeconds time without need before a replica is removed
 */
record ScalingRule(Map<String, Double> targets, int least, int most, double scaleDownSeconds) {

    ScalingRule {
        targets = Map.copyOf(targets);
    }
}
