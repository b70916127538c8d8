package dev.pargo.evaluation.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.plan.AnswerTimes.Step;
import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The rules of the Helm chart, simulated with recorded loads. */
class ScalingSimulationTest {

    private static final AnswerTimes TIMES =
            new AnswerTimes(0.06, 128, List.of(new Step(1, 0.014), new Step(32, 0.024)), 32);
    private static final double START_SECONDS = 60;

    private static ScalingSimulation.Result play(String trace, ScalingRule rule) throws IOException {
        Arrivals arrivals =
                Arrivals.read(Repository.file("evaluation/src/test/fixtures/arrivals/%s.txt".formatted(trace)));
        double factor = 8 * TIMES.highestRate() / arrivals.peak();
        return ScalingSimulation.run(arrivals.times(factor, new Random(1)), rule, TIMES, START_SECONDS);
    }

    /** Targets of the LLM in a situation: those of its kind, and its own. */
    @SuppressWarnings("unchecked")
    private static Map<String, Double> targets(String situation) throws IOException {
        Map<String, Double> targets = new HashMap<>();
        for (String[] path : List.of(
                new String[] {"values.yaml", "kinds"},
                new String[] {"values/%s.yaml".formatted(situation), "stages"})) {
            Map<String, Object> values =
                    new Yaml().load(Files.readString(Repository.file("deploy/helm/pargo/" + path[0])));
            Map<String, Object> llm = (Map<String, Object>) ((Map<String, Object>) values.get(path[1])).get("llm");
            Map<String, Object> scaling = (Map<String, Object>) llm.get("autoscaling");
            ((Map<String, Number>) scaling.getOrDefault("targets", Map.of()))
                    .forEach((measure, target) -> targets.put(measure, target.doubleValue()));
        }
        return targets;
    }

    @Test
    void theChartsTargetsKeepTheFirstTokenUnderTwoSecondsOnARecordedConversationLoad() throws IOException {
        ScalingRule rule = new ScalingRule(targets("many-gpus"), 2, 16, 300);

        ScalingSimulation.Result result = play("azure-conv", rule);

        assertThat(result.firstTokenP95()).isLessThan(2);
        assertThat(result.meanReplicas()).isLessThan(16);
        assertThat(result.changes()).isPositive();
    }

    @Test
    void withoutScalingTheSameLoadWaits() throws IOException {
        assertThat(play("azure-conv", new ScalingRule(targets("many-gpus"), 2, 2, 300))
                        .firstTokenP95())
                .isGreaterThan(20);
    }

    @Test
    void replicasFollowALoadThatRisesAndFalls() {
        double[] arrivals = DoubleStream.concat(
                        steady(0, 900, 0.5), DoubleStream.concat(steady(900, 1800, 4), steady(1800, 3600, 0.5)))
                .toArray();

        ScalingSimulation.Result result =
                ScalingSimulation.run(arrivals, new ScalingRule(Map.of("requests", 24.0), 1, 16, 300), TIMES, 30);

        // Four replicas are just enough for the load; the requests that waited for them need more for a while.
        assertThat(result.mostReplicas()).isBetween(5, 16);
        assertThat(result.meanReplicas()).isLessThan(0.6 * result.mostReplicas());
    }

    /** Requests at a fraction of the largest rate of one replica. */
    private static DoubleStream steady(int from, int to, double part) {
        double rate = part * TIMES.highestRate();
        return IntStream.range(0, (int) ((to - from) * rate)).mapToDouble(i -> from + i / rate);
    }
}
