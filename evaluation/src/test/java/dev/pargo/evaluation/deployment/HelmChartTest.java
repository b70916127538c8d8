package dev.pargo.evaluation.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Helm chart, rendered with the values of each situation, and checked against Kubernetes' schemas and the services.
 */
class HelmChartTest {

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    static List<Path> situations() throws IOException {
        return Chart.situations();
    }

    private static List<JsonNode> objects(Path values, String kind, String... settings) {
        return Chart.render(values, settings).stream()
                .filter(object -> object.get("kind").equals(kind))
                .map(object -> JsonMapper.shared().<JsonNode>valueToTree(object))
                .toList();
    }

    private static String name(JsonNode object) {
        return object.at("/metadata/name").asString();
    }

    private static String component(JsonNode object) {
        return object.at("/metadata/labels/app.kubernetes.io~1component").asString();
    }

    private static boolean isStage(JsonNode object) {
        return !component(object).equals("gateway");
    }

    private static JsonNode container(JsonNode deployment) {
        return deployment.at("/spec/template/spec/containers/0");
    }

    private static String setting(JsonNode deployment, String name) {
        return container(deployment)
                .get("env")
                .valueStream()
                .filter(entry -> entry.get("name").asString().equals(name))
                .map(entry -> entry.get("value").asString())
                .findFirst()
                .orElse("");
    }

    @Test
    void passesHelmsLint() {
        assertThat(Chart.lint().isFailed()).as("%s", Chart.lint().getMessages()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("situations")
    void everyObjectFitsItsSchema(Path values) throws IOException {
        KubernetesSchemas schemas = new KubernetesSchemas();
        List<Map<String, Object>> objects = Chart.render(values);

        assertThat(objects)
                .hasSizeGreaterThan(10)
                .allSatisfy(object -> assertThat(schemas.faults(object))
                        .as("%s %s", object.get("kind"), object.get("metadata"))
                        .isEmpty());
    }

    @Test
    void schemasFindMisspelledFieldsAndWrongTypes() throws IOException {
        KubernetesSchemas schemas = new KubernetesSchemas();

        assertThat(schemas.faults(Map.of("apiVersion", "apps/v1", "kind", "Deployment", "spec", Map.of("replica", 1))))
                .singleElement()
                .asString()
                .contains("replica");
        assertThat(schemas.faults(Map.of(
                        "apiVersion",
                        "keda.sh/v1alpha1",
                        "kind",
                        "ScaledObject",
                        "spec",
                        Map.of("scaleTargetRef", Map.of("name", "a"), "minReplicas", 1, "triggers", "none"))))
                .hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("situations")
    void containersAreConfined(Path values) {
        assertThat(objects(values, "Deployment")).hasSizeGreaterThan(3).allSatisfy(deployment -> {
            JsonNode pod = deployment.at("/spec/template/spec");
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.get("automountServiceAccountToken").asBoolean()).isFalse();
            assertThat(Stream.of("containers", "initContainers")
                            .flatMap(kind -> pod.path(kind).valueStream()))
                    .isNotEmpty()
                    .allSatisfy(container -> {
                        assertThat(container
                                        .at("/securityContext/readOnlyRootFilesystem")
                                        .asBoolean())
                                .isTrue();
                        assertThat(container
                                        .at("/securityContext/allowPrivilegeEscalation")
                                        .asBoolean(true))
                                .isFalse();
                        assertThat(container
                                        .at("/securityContext/capabilities/drop/0")
                                        .asString())
                                .isEqualTo("ALL");
                        assertThat(container.at("/resources/limits/memory").isMissingNode())
                                .isFalse();
                    });
        });
    }

    @ParameterizedTest
    @MethodSource("situations")
    void graceIsLongerThanTheDrain(Path values) {
        assertThat(objects(values, "Deployment")).allSatisfy(deployment -> {
            int preStop = container(deployment)
                    .at("/lifecycle/preStop/exec/command/1")
                    .asInt();
            int drain = seconds(setting(deployment, "PARGO_DRAIN"));
            int grace = deployment
                    .at("/spec/template/spec/terminationGracePeriodSeconds")
                    .asInt();

            assertThat(preStop).isPositive();
            assertThat(drain).isPositive();
            assertThat(grace).isGreaterThanOrEqualTo(preStop + drain + 10);
        });
    }

    private static int seconds(String setting) {
        assertThat(setting).endsWith("s");
        return Integer.parseInt(setting.substring(0, setting.length() - 1));
    }

    @ParameterizedTest
    @MethodSource("situations")
    void aStageThatLoadsForTwoMinutesIsNotKilled(Path values) {
        assertThat(objects(values, "Deployment")).allSatisfy(deployment -> {
            JsonNode container = container(deployment);
            JsonNode startup = container.get("startupProbe");
            assertThat(startup.get("periodSeconds").asInt()
                            * startup.get("failureThreshold").asInt())
                    .isGreaterThan(240);
            assertThat(container.at("/livenessProbe/httpGet/path").asString()).isEqualTo("/actuator/health/liveness");
            assertThat(container.at("/readinessProbe/httpGet/path").asString()).isEqualTo("/actuator/health/readiness");
        });
    }

    /** Ports, and every setting that is not a property of Spring Boot or of the list of pipelines. */
    @ParameterizedTest
    @MethodSource("situations")
    void setsOnlyWhatTheServicesReadAndListensWhereTheyListen(Path values) {
        Predicate<String> free =
                Pattern.compile("SPRING_.*|JDK_.*|PARGO_PIPELINES_.*").asMatchPredicate();
        assertThat(objects(values, "Deployment")).allSatisfy(deployment -> {
            String service = container(deployment).get("name").asString();
            String settings = Stream.of(service, "stage", "service")
                    .map(module -> module + "/src/main/resources/")
                    .flatMap(folder -> Stream.of("application.yml", "stage.yml", "service.yml")
                            .map(folder::concat))
                    .map(Repository::file)
                    .filter(Files::exists)
                    .map(HelmChartTest::read)
                    .reduce("", String::concat);

            assertThat(container(deployment)
                            .get("env")
                            .valueStream()
                            .map(entry -> entry.get("name").asString())
                            .filter(free.negate()))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(settings).containsPattern("\\$\\{" + name + "[:}]"));
            assertThat(container(deployment)
                            .get("ports")
                            .valueStream()
                            .map(port -> port.get("containerPort").asString()))
                    .allSatisfy(port -> assertThat(settings).contains("_PORT:" + port + "}"));
        });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("situations")
    void gatewayFindsEveryStageByAHeadlessService(Path values) {
        List<String> headless = objects(values, "Service").stream()
                .filter(service -> service.at("/spec/clusterIP").asString("").equals("None"))
                .filter(service -> service.at("/spec/ports/0/name").asString().equals("grpc"))
                .map(service -> "dns:///%s:%s"
                        .formatted(
                                name(service), service.at("/spec/ports/0/port").asString()))
                .toList();
        JsonNode gateway = objects(values, "Deployment").stream()
                .filter(deployment -> !isStage(deployment))
                .findFirst()
                .orElseThrow();

        assertThat(container(gateway)
                        .get("env")
                        .valueStream()
                        .map(entry -> entry.get("value").asString())
                        .filter(value -> value.startsWith("dns:"))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(headless);
    }

    @ParameterizedTest
    @MethodSource("situations")
    void onlyTheGatewayReachesTheStages(Path values) {
        List<JsonNode> stages = objects(values, "NetworkPolicy").stream()
                .filter(HelmChartTest::isStage)
                .toList();

        assertThat(stages).hasSizeGreaterThanOrEqualTo(3).allSatisfy(policy -> {
            assertThat(policy.at("/spec/policyTypes")).hasSize(2);
            assertThat(policy.at("/spec/ingress/0/from"))
                    .singleElement()
                    .satisfies(from -> assertThat(from.at("/podSelector/matchLabels/app.kubernetes.io~1component")
                                    .asString())
                            .isEqualTo("gateway"));
            assertThat(policy.at("/spec/ingress")).hasSize(2);
            assertThat(policy.at("/spec/ingress/1/from/0/namespaceSelector").isObject())
                    .isTrue();
        });
    }

    @Test
    void anAirGappedClusterIsNotLeft() {
        Path values = Chart.situation("air-gapped");

        assertThat(objects(values, "NetworkPolicy"))
                .allSatisfy(policy -> assertThat(policy.toString()).doesNotContain("ipBlock"));
        assertThat(objects(values, "Deployment")).allSatisfy(deployment -> {
            assertThat(container(deployment).get("image").asString()).startsWith("registry.internal:5000/");
            assertThat(setting(deployment, "PARGO_FETCH_ENABLED")).isIn("", "false");
            assertThat(setting(deployment, "SPRING_PROFILES_ACTIVE")).isEqualTo("tls");
        });
        assertThat(objects(values, "ScaledObject")).isEmpty();
        assertThat(objects(values, "HorizontalPodAutoscaler")).hasSize(3);
    }

    @Test
    void replicasOfAScaledStageAreLeftToItsScaler() {
        Path values = Chart.situation("many-gpus");
        List<String> scaled = objects(values, "ScaledObject").stream()
                .map(object -> object.at("/spec/scaleTargetRef/name").asString())
                .toList();

        assertThat(scaled).hasSize(4);
        assertThat(objects(values, "Deployment"))
                .allSatisfy(deployment -> assertThat(deployment.get("spec").has("replicas"))
                        .isEqualTo(!scaled.contains(name(deployment))));
    }

    @Test
    void aCertificateNamesTheHostThatTheGatewayDials() {
        List<JsonNode> certificates = objects(Chart.situation("many-gpus"), "Certificate");

        assertThat(certificates.stream()
                        .map(certificate -> certificate.at("/spec/dnsNames/0").asString("")))
                .contains("r-pargo-encoder", "r-pargo-projector", "r-pargo-llm", "r-pargo-gateway");
    }

    @Test
    void dashboardsAreTheProjects() throws IOException {
        String dashboard = Files.readString(Repository.file("deploy/monitoring/grafana/dashboards/pargo-serving.json"));

        assertThat(objects(Chart.situation("many-gpus"), "ConfigMap"))
                .singleElement()
                .satisfies(map -> assertThat(map.at("/data/pargo-serving.json").asString())
                        .isEqualTo(dashboard));
    }

    @Test
    void memoryOfAStageHoldsItsWeightsCacheAndHeap() {
        JsonNode llm = objects(Chart.situation("air-gapped"), "Deployment").stream()
                .filter(deployment -> component(deployment).equals("llm"))
                .findFirst()
                .orElseThrow();
        String memory = container(llm).at("/resources/requests/memory").asString();

        assertThat(memory).matches(NUMBER + "Mi");
        // 7.7 billion parameters in 8 bits and their scales, 8 GiB of keys and values, 1 GiB of heap.
        assertThat(Integer.parseInt(memory.replace("Mi", ""))).isBetween(17_000, 22_000);
    }

    @Test
    void refusesWhatDoesNotFitInOneSentence() {
        Path laptop = Chart.situation("laptop");

        assertThatThrownBy(() -> Chart.render(laptop, "models.claim", "other"))
                .hasMessageContaining("models: set exactly one of claim, image, hostPath and copy.image");
        assertThatThrownBy(() -> Chart.render(
                        laptop,
                        "pipelines[0].encoder",
                        "llm",
                        "pipelines[0].projector",
                        "projector",
                        "pipelines[0].llm",
                        "llm"))
                .hasMessageContaining("pipelines[0].encoder: llm is of kind llm");
        assertThatThrownBy(() -> Chart.render(laptop, "stages.llm.kvcache", "1Gi"))
                .hasMessageContaining("kvcache");
        assertThatThrownBy(() -> Chart.render(laptop, "tls.mode", "secrets"))
                .hasMessageContaining("the Secret with its certificate");
    }
}
