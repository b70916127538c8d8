package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.deployment.Chart;
import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The queries of the dashboards, checked against the meters of the services. */
@ExtendWith(SharedStack.class)
class MonitoringIT {

    private static final Pattern METRIC = Pattern.compile("\\b(?:gen_ai|pargo|jvm|process)_[a-z0-9_]++(?!=)");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? [^ ]+$");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"");
    private static final Pattern GROUPING = Pattern.compile("by \\(([^)]*)\\)");
    private static final Pattern SELECTOR = Pattern.compile("([a-z_]+)=~?\"");
    /** Labels that Prometheus adds, by itself and by the chart's ServiceMonitor. */
    private static final Set<String> ADDED = Set.of("job", "instance", "le", "namespace", "release", "component");

    /** A meter that exists only after the first retried call. A stack without faults never retries. */
    private static final Map<String, Set<String>> RARE =
            Map.of("pargo_gateway_retries_total", Set.of("stage", "reason", "instance"));

    private Map<String, Set<String>> labelsByMetric;
    private String llm;

    @BeforeEach
    void scrape(RunningStack stack) throws IOException {
        new GatewayClient(stack.url()).complete(Chat.of(KnownAnswer.all().get(0)));
        labelsByMetric = new TreeMap<>(RARE);
        for (ServiceKind kind : ServiceKind.values()) {
            SAMPLE.matcher(stack.service(kind).prometheus()).results().forEach(this::remember);
        }
        llm = stack.service(ServiceKind.LLM).prometheus();
    }

    private void remember(MatchResult sample) {
        Set<String> labels = labelsByMetric.computeIfAbsent(sample.group(1), name -> new TreeSet<>(ADDED));
        if (sample.group(2) != null) {
            LABEL.matcher(sample.group(2)).results().forEach(label -> labels.add(label.group(1)));
        }
    }

    @Test
    void everyQueryOfTheDashboardFindsItsMetricsAndLabels() throws IOException {
        JsonNode dashboard = JsonMapper.shared()
                .readTree(Files.readString(Repository.file("deploy/monitoring/grafana/dashboards/pargo-serving.json")));
        List<String> queries = dashboard.findValuesAsString("expr");

        assertThat(queries).hasSizeGreaterThan(20).allSatisfy(this::findsItsMetricsAndLabels);
    }

    @Test
    void everyScalerOfTheChartFindsItsMetricsAndLabels() throws IOException {
        Set<String> queries = new TreeSet<>();
        for (Path values : Chart.situations()) {
            Chart.render(values).stream()
                    .filter(object -> object.get("kind").equals("ScaledObject"))
                    .map(object -> JsonMapper.shared().<JsonNode>valueToTree(object))
                    .forEach(object -> queries.addAll(object.findValuesAsString("query")));
        }

        assertThat(queries).hasSizeGreaterThan(8).allSatisfy(this::findsItsMetricsAndLabels);
    }

    private void findsItsMetricsAndLabels(String query) {
        List<String> metrics =
                METRIC.matcher(query).results().map(MatchResult::group).toList();
        assertThat(metrics).isNotEmpty().allSatisfy(metric -> {
            assertThat(labelsByMetric).containsKey(metric);
            assertThat(labelsByMetric.get(metric)).containsAll(labelsOf(query));
        });
    }

    private static List<String> labelsOf(String query) {
        Stream<String> grouped = GROUPING.matcher(query)
                .results()
                .flatMap(by -> Stream.of(by.group(1).split(", ")));
        Stream<String> selected = SELECTOR.matcher(query).results().map(label -> label.group(1));
        return Stream.concat(grouped, selected).distinct().toList();
    }

    @Test
    void theEnginesLoadHasVllmsNamesToo() {
        assertThat(llm)
                .contains(
                        "vllm:num_requests_running{model_name=\"pargo-mini\"} 0.0",
                        "vllm:num_requests_waiting{model_name=\"pargo-mini\"} 0.0",
                        "vllm:kv_cache_usage_perc{model_name=\"pargo-mini\"} 0.0");
        assertThat(value(llm, "vllm:prompt_tokens_total"))
                .isEqualTo(value(llm, "pargo_llm_tokens_total{direction=\"in\""))
                .isPositive();
        assertThat(value(llm, "vllm:generation_tokens_total")).isPositive();
        assertThat(value(llm, "vllm:prefix_cache_queries_total")).isPositive();
        assertThat(llm).contains("vllm:prefix_cache_hits_total{");
        assertThat(value(llm, "vllm:request_success_total{finished_reason=\"stop\""))
                .isEqualTo(value(llm, "pargo_llm_answers_total{gen_ai_request_model=\"pargo-mini\",reason=\"stop\""))
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "vllm:time_to_first_token_seconds, gen_ai_server_time_to_first_token_seconds",
        "vllm:time_per_output_token_seconds, gen_ai_server_time_per_output_token_seconds",
        "vllm:inter_token_latency_seconds, gen_ai_server_time_per_output_token_seconds",
        "vllm:request_time_per_output_token_seconds, gen_ai_server_time_per_output_token_seconds",
        "vllm:e2e_request_latency_seconds, gen_ai_server_request_duration_seconds"
    })
    void theRequestsTimesHaveVllmsNamesToo(String alias, String own) {
        assertThat(buckets(alias)).hasSizeGreaterThan(10).isEqualTo(buckets(own));
        assertThat(value(llm, alias + "_count"))
                .isEqualTo(buckets(own).get("+Inf"))
                .isPositive();
        assertThat(value(llm, alias + "_sum")).isPositive();
    }

    /** Of answers: bounds, and how many took at most so long. */
    private Map<String, Double> buckets(String histogram) {
        Map<String, Double> buckets = new TreeMap<>();
        Pattern.compile("(?m)^" + histogram + "_bucket\\{(.*)le=\"([^\"]+)\"} ([^ ]+)$")
                .matcher(llm)
                .results()
                .filter(bucket -> !bucket.group(1).matches(".*error_type=\"[^\"].*"))
                .forEach(bucket -> buckets.put(bucket.group(2), Double.parseDouble(bucket.group(3))));
        return buckets;
    }

    private static double value(String scrape, String start) {
        return scrape.lines()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow();
    }
}
