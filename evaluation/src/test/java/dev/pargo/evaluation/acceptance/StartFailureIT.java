package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.Bundles;
import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.ServiceProcess;
import dev.pargo.evaluation.stack.StackPorts;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A service that cannot start says why in one line and ends with exit code 1. */
class StartFailureIT {

    private static final String BUNDLE = "bundle/pargo-mini";

    @TempDir
    private Path directory;

    private StackPorts ports;

    @BeforeEach
    void choosePorts() throws Exception {
        ports = StackPorts.free();
    }

    @ParameterizedTest
    @EnumSource(
            value = ServiceKind.class,
            names = {"LLM", "GATEWAY"})
    void aTakenPort(ServiceKind kind) throws Exception {
        try (ServerSocket taken = new ServerSocket(ports.work(kind), 1, InetAddress.getLoopbackAddress())) {
            assertFailure(
                    kind, Map.of(), "127.0.0.1 port %d".formatted(taken.getLocalPort()), "PARGO_" + kind + "_PORT");
        }
    }

    @Test
    void aTakenManagementPort() throws Exception {
        int port = ports.management(ServiceKind.GATEWAY);
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertFailure(
                    ServiceKind.GATEWAY,
                    Map.of(),
                    "127.0.0.1 port %d".formatted(taken.getLocalPort()),
                    "PARGO_GATEWAY_MANAGEMENT_PORT");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LLM,       PARGO_LLM_PORT,         abc,           PARGO_LLM_PORT is 'abc'",
        "LLM,       PARGO_THREADS,          many,          pargo.stage.threads is 'many'",
        "LLM,       PARGO_LLM_KV_CACHE,     lots,          'pargo.llm.kv-cache is ''lots'', but must be a size'",
        "ENCODER,   PARGO_PRECISION,        int4,          precision 'int4' is not for eva02-clip",
        "ENCODER,   PARGO_MODEL,            /no/such/one,  there is no model bundle at /no/such/one",
        "GATEWAY,   PARGO_VISUAL_CACHE,     lots,          pargo.gateway.visual-cache is 'lots'",
        "GATEWAY,   PARGO_LLM_TARGET,       nonsense://,   nonsense://",
        "GATEWAY,   PARGO_BIND_ADDRESS,     192.0.2.1,     cannot listen on 192.0.2.1",
    })
    void aBadSetting(ServiceKind kind, String name, String value, String reason) throws Exception {
        assertFailure(kind, Map.of(name, value), reason);
    }

    @Test
    void aDirectoryForNativeLibrariesThatCannotBeWritten() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertFailure(
                ServiceKind.ENCODER,
                Map.of("DJL_CACHE_DIR", file.resolve("cache").toString()),
                "libtorch cannot be unpacked into " + file.resolve("cache"),
                "set DJL_CACHE_DIR");
    }

    @Test
    void aTruncatedFileOfWeights() throws Exception {
        Path bundle = Repository.file(BUNDLE);
        Files.copy(bundle.resolve("pargo-mini.json"), directory.resolve("bundle.json"));
        byte[] weights = Files.readAllBytes(bundle.resolve("vision.pt"));
        Files.write(directory.resolve("vision.pt"), Arrays.copyOf(weights, weights.length / 2));

        assertFailure(ServiceKind.ENCODER, Map.of("PARGO_MODEL", directory.toString()), "vision.pt");
    }

    @ParameterizedTest
    @CsvSource({"ENCODER, vision.pt", "PROJECTOR, pargo.pt", "LLM, llm/model.safetensors"})
    void weightsThatAreNotNumbers(ServiceKind kind, String weights) throws Exception {
        Path bundle = Bundles.withoutNumbers(weights, directory);

        assertFailure(kind, Map.of("PARGO_MODEL", bundle.toString()), "NaN or infinite values");
    }

    private void assertFailure(ServiceKind kind, Map<String, String> settings, String... reason) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(kind, ports, settings)) {
            int exitCode = service.awaitExit();

            assertThat(service.log().lines().filter(line -> !line.contains(" INFO ")))
                    .singleElement()
                    .asString()
                    .contains(" ERROR ", "Cannot start: ")
                    .contains(reason);
            assertThat(exitCode).isEqualTo(1);
        }
    }
}
