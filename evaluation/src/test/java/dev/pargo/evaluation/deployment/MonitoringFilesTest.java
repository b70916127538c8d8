package dev.pargo.evaluation.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prometheus, Grafana and the trace store of the profile {@code monitoring}: each file names what the others name. */
class MonitoringFilesTest {

    private static final String DASHBOARD = "deploy/monitoring/grafana/dashboards/pargo-serving.json";
    private static final Pattern JOB = Pattern.compile("job=\"([^\"]+)\"");
    private static final int PROMETHEUS_PORT = 9090;

    private final JsonNode compose = yaml("docker-compose.yml").path("services");
    private final JsonNode prometheus = yaml("deploy/monitoring/prometheus.yml");
    private final JsonNode tempo = yaml("deploy/monitoring/tempo.yml");
    private final JsonNode sources = yaml("deploy/monitoring/grafana/provisioning/datasources/datasources.yml")
            .path("datasources");

    private static JsonNode yaml(String file) {
        return JsonMapper.shared().valueToTree(new Yaml().<Object>load(text(file)));
    }

    private static String text(String file) {
        try {
            return Files.readString(Repository.file(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"gateway, gateway", "encoder, encoder-service", "projector, projector-service", "llm, llm-service"})
    void prometheusScrapesEveryReplicaOfAService(String job, String service) {
        JsonNode scrape = prometheus
                .path("scrape_configs")
                .valueStream()
                .filter(each -> each.path("job_name").asString().equals(job))
                .findFirst()
                .orElseThrow();
        JsonNode found = scrape.path("dns_sd_configs").get(0);

        assertThat(compose.has(service)).isTrue();
        assertThat(found.path("names").get(0).asString()).isEqualTo(service);
        assertThat(found.path("type").asString()).isEqualTo("A");
        assertThat(found.path("port").asString()).isEqualTo(managementPort(service, job));
        assertThat(scrape.path("metrics_path").asString()).isEqualTo("/actuator/prometheus");
    }

    private static String managementPort(String service, String kind) {
        String setting = "PARGO_%s_MANAGEMENT_PORT".formatted(kind.toUpperCase(Locale.ROOT));
        Matcher port = Pattern.compile(Pattern.quote("${" + setting + ":") + "(\\d+)}")
                .matcher(text(service + "/src/main/resources/application.yml"));
        assertThat(port.find()).as(setting).isTrue();
        return port.group(1);
    }

    @Test
    void grafanaFindsItsSources() {
        Set<String> urls = new TreeSet<>(sources.findValuesAsString("url"));

        assertThat(urls)
                .containsExactlyInAnyOrder(
                        "http://prometheus:" + PROMETHEUS_PORT,
                        "http://tempo:" + tempo.at("/server/http_listen_port").asInt());
        assertThat(urls)
                .allSatisfy(url -> assertThat(compose.path(URI.create(url).getHost())
                                .path("profiles")
                                .get(0)
                                .asString())
                        .isEqualTo("monitoring"));
    }

    @Test
    void theTraceStoreTakesTracesWhereTheComposeFileSaysThatItDoes() {
        String endpoint =
                tempo.at("/distributor/receivers/otlp/protocols/http/endpoint").asString();

        assertThat(text("docker-compose.yml"))
                .contains("PARGO_TRACES_ENDPOINT=http://tempo:" + port(endpoint) + "/v1/traces");
    }

    private static String port(String address) {
        return address.substring(address.lastIndexOf(':') + 1);
    }

    @Test
    void grafanaShowsTheDashboardThatComposeMounts() {
        JsonNode provider = yaml("deploy/monitoring/grafana/provisioning/dashboards/dashboards.yml")
                .path("providers")
                .get(0);

        assertThat(compose.at("/grafana/volumes").valueStream().map(JsonNode::asString))
                .contains("./deploy/monitoring/grafana/dashboards:%s:ro"
                        .formatted(provider.at("/options/path").asString()))
                .contains("./deploy/monitoring/grafana/provisioning:/etc/grafana/provisioning:ro");
    }

    @Test
    void theDashboardAsksSourcesAndJobsThatThereAre() {
        JsonNode dashboard = JsonMapper.shared().readTree(text(DASHBOARD));
        Set<String> asked = new HashSet<>();
        for (JsonNode source : dashboard.findValues("datasource")) {
            asked.add(source.path("uid").asString());
        }
        Stream<String> jobs = dashboard.findValuesAsString("expr").stream()
                .flatMap(query -> JOB.matcher(query).results().map(job -> job.group(1)));

        assertThat(asked).containsExactlyInAnyOrderElementsOf(sources.findValuesAsString("uid"));
        List<String> scraped = prometheus.path("scrape_configs").findValuesAsString("job_name");
        assertThat(jobs).isNotEmpty().isSubsetOf(scraped);
    }

    @Test
    void whoReachesGrafanaMayLookOnly() {
        JsonNode grafana = compose.path("grafana");

        assertThat(grafana.at("/environment/GF_AUTH_ANONYMOUS_ORG_ROLE").asString())
                .isEqualTo("Viewer");
        assertThat(grafana.at("/ports/0").asString()).startsWith("127.0.0.1:");
        assertThat(compose.path("prometheus").has("ports")).isFalse();
        assertThat(compose.path("tempo").has("ports")).isFalse();
    }
}
