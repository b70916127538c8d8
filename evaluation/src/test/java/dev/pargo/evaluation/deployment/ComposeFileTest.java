package dev.pargo.evaluation.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** The compose file, checked against the services themselves. */
@SuppressWarnings("unchecked") // YAML's mappings have keys of type String here.
class ComposeFileTest {

    private static Map<String, Map<String, Object>> services;

    @BeforeAll
    static void read() throws IOException {
        services = services("docker-compose.yml");
    }

    private static Map<String, Map<String, Object>> services(String file) throws IOException {
        Map<String, Object> content = new Yaml().load(Files.readString(Repository.file(file)));
        return (Map<String, Map<String, Object>>) content.get("services");
    }

    @Test
    void startsTheFourServicesUnlessMoreIsAskedFor() {
        Map<String, Map<String, Object>> started = new HashMap<>(services);
        started.values().removeIf(service -> service.containsKey("profiles"));

        assertThat(started).containsOnlyKeys("encoder-service", "projector-service", "llm-service", "gateway");
    }

    @Test
    void everyFileThatAServiceMountsIsThere() {
        List<String> mounted = services.values().stream()
                .flatMap(service -> ((List<String>) service.getOrDefault("volumes", List.of())).stream())
                .filter(volume -> volume.startsWith("./"))
                .map(volume -> volume.substring(2, volume.indexOf(':')))
                .toList();

        assertThat(mounted)
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Repository.file(file)).exists());
    }

    @ParameterizedTest
    @ValueSource(strings = {"encoder-service", "projector-service", "llm-service", "gateway"})
    void buildsEachServiceOfItsModule(String name) {
        Map<String, Object> build = (Map<String, Object>) services.get(name).get("build");

        assertThat(build.get("args")).isEqualTo(Map.of("SERVICE", name));
        assertThat(Repository.file((String) build.get("dockerfile"))).exists();
        assertThat(Repository.file(name + "/pom.xml")).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "encoder-service, PARGO_ENCODER_MANAGEMENT_PORT",
        "projector-service, PARGO_PROJECTOR_MANAGEMENT_PORT",
        "llm-service, PARGO_LLM_MANAGEMENT_PORT",
        "gateway, PARGO_GATEWAY_MANAGEMENT_PORT"
    })
    void checksReadinessWhereTheServiceTellsIt(String name, String setting) throws IOException {
        Map<String, Object> healthcheck =
                (Map<String, Object>) services.get(name).get("healthcheck");

        assertThat(healthcheck.get("test")).isEqualTo(List.of("CMD", "./ready", standard(name, setting)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"encoder-service", "projector-service", "llm-service"})
    void stagesScale(String name) {
        assertThat(services.get(name)).doesNotContainKeys("container_name", "hostname", "ports");
        assertThat((List<String>) services.get(name).get("volumes"))
                .isNotEmpty()
                .allMatch(volume -> volume.endsWith(":ro"));
    }

    @Test
    void gatewayWaitsForHealthyStagesAndFindsTheirReplicas() throws IOException {
        Map<String, Object> gateway = services.get("gateway");
        Map<String, Object> dependencies = (Map<String, Object>) gateway.get("depends_on");
        Map<String, Object> environment = (Map<String, Object>) gateway.get("environment");

        for (String stage : List.of("encoder-service", "projector-service", "llm-service")) {
            String kind = stage.replace("-service", "").toUpperCase(Locale.ROOT);
            String port = standard(stage, "PARGO_%s_PORT".formatted(kind));
            assertThat(dependencies).containsEntry(stage, Map.of("condition", "service_healthy"));
            assertThat(environment)
                    .containsEntry("PARGO_%s_TARGET".formatted(kind), "dns:///%s:%s".formatted(stage, port));
        }
        assertThat((List<String>) gateway.get("ports"))
                .singleElement()
                .asString()
                .startsWith("${PARGO_PUBLISH:-127.0.0.1}:")
                .endsWith(":" + standard("gateway", "PARGO_GATEWAY_PORT"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"encoder-service", "projector-service", "llm-service", "gateway"})
    void setsOnlyWhatTheServiceReads(String name) throws IOException {
        Map<String, Object> environment =
                (Map<String, Object>) services.get(name).get("environment");
        String settings = settings(name);

        assertThat(environment).isNotEmpty();
        assertThat(environment.keySet())
                .allSatisfy(setting -> assertThat(settings).contains("${" + setting + ":"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"encoder-service", "projector-service", "llm-service", "gateway"})
    void containersAreConfined(String name) {
        assertThat(services.get(name))
                .containsEntry("read_only", true)
                .containsEntry("cap_drop", List.of("ALL"))
                .containsKeys("mem_limit", "stop_grace_period");
    }

    @ParameterizedTest
    @ValueSource(strings = {"encoder-service", "projector-service", "llm-service", "gateway"})
    void graceIsLongerThanTheDrain(String name) throws IOException {
        assertThat((Map<String, Object>) services.get(name).get("environment")).containsKey("PARGO_DRAIN");
        assertThat(services.get(name).get("stop_grace_period")).isEqualTo("${PARGO_STOP_GRACE_PERIOD:-40s}");
        assertThat(seconds(standard(name, "PARGO_DRAIN"))).isLessThanOrEqualTo(40 - 5);
    }

    private static int seconds(String time) {
        assertThat(time).endsWith("s");
        return Integer.parseInt(time.substring(0, time.length() - 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"encoder-service", "projector-service", "llm-service", "gateway"})
    void certificatesOfAServiceAreItsOwn(String name) throws IOException {
        Map<String, Object> secure = services("deploy/docker-compose.tls.yml").get(name);
        Map<String, Object> environment = new HashMap<>((Map<String, Object>) secure.get("environment"));
        String settings = settings(name) + Files.readString(Repository.file("service/src/main/resources/service.yml"));

        assertThat((List<String>) secure.get("volumes"))
                .singleElement()
                .asString()
                .endsWith("/" + name + ":/certificates:ro");
        assertThat(environment.remove("SPRING_PROFILES_ACTIVE")).isEqualTo("tls");
        assertThat(environment).containsKeys("PARGO_TLS_CERTIFICATE", "PARGO_TLS_KEY", "PARGO_TLS_AUTHORITY");
        assertThat(environment.keySet())
                .allSatisfy(setting -> assertThat(settings).contains("${" + setting));
    }

    /** A setting's default in the service. */
    private static String standard(String service, String setting) throws IOException {
        Matcher matcher =
                Pattern.compile(Pattern.quote("${" + setting + ":") + "(\\w+)}").matcher(settings(service));
        assertThat(matcher.find()).as("%s in %s", setting, service).isTrue();
        return matcher.group(1);
    }

    /**
     * The settings that a service reads: its own, the common ones of stages if it imports them, and those of all
     * services.
     */
    private static String settings(String service) throws IOException {
        String own = Files.readString(Repository.file(service + "/src/main/resources/application.yml"));
        String all = own + Files.readString(Repository.file("service/src/main/resources/service.yml"));
        return own.contains("classpath:stage.yml")
                ? all + Files.readString(Repository.file("stage/src/main/resources/stage.yml"))
                : all;
    }
}
