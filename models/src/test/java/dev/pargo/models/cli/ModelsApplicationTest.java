package dev.pargo.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelsApplicationTest {

    private static final String BUNDLE = "../bundle/pargo-mini";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private int run(String... arguments) {
        CommandLine commands = ModelsApplication.commandLine();
        return commands.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void inspectPrintsATable() {
        assertThat(run("inspect", BUNDLE)).isZero();
        assertThat(out.toString().lines())
                .contains(
                        BUNDLE + ": bundle 'pargo-mini', 20.6 MB in 3 files",
                        "projector: pargo, 144 features of width 192 -> 80 visual tokens of width 256"
                                + " (72 partial, 8 global)",
                        "      6  [384, 256]         bfloat16    589.8 k    1.2 MB"
                                + "  model.layers.{0-5}.attention.wqkv.weight");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void inspectPrintsJson() {
        assertThat(run("inspect", "--json", BUNDLE)).isZero();
        JsonNode report = new JsonMapper().readTree(out.toString());
        assertThat(report.at("/networks/2/config/vocabulary").asInt()).isEqualTo(1024);
        assertThat(report.at("/networks/1/config/partial").asInt()).isEqualTo(72);
        assertThat(report.at("/networks/0/contents/dtypes/0").asString()).isEqualTo("FLOAT16");
        assertThat(report.at("/networks/0/contents/groups/0/shape/2").asInt()).isEqualTo(192);
        assertThat(report.at("/networks/0/fit/missing").isEmpty()).isTrue();
    }

    @Test
    void decodeStepSetsEachBatchAgainstItsFloor() {
        assertThat(run("decode-step", "--precision", "int8", BUNDLE)).isZero();
        assertThat(out.toString()).contains("pargo-mini, cpu, int8, threads: 1", "memory bandwidth", "weights 4.");
        assertThat(out.toString().lines())
                .anyMatch(line -> line.matches("batch 8 +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9]+%"));
    }

    @Test
    void profileDividesTheTimeOfEachNetworkAmongItsOperations() {
        assertThat(run("profile", "--precision", "int8", BUNDLE)).isZero();
        assertThat(out.toString()).contains("pargo-mini, cpu, int8, threads: 1", "memory ", "products ", "operations");
        for (String work : List.of("encode", "project", "prefill 320", "decode 1", "decode 8")) {
            String line = out.toString()
                    .lines()
                    .filter(each -> each.startsWith(work + " "))
                    .findFirst()
                    .orElseThrow();
            List<Integer> shares = Pattern.compile("(-?\\d+)%")
                    .matcher(line.substring(line.indexOf('|')))
                    .results()
                    .map(share -> Integer.valueOf(share.group(1)))
                    .toList();
            assertThat(shares).as(line).hasSize(6).allMatch(share -> share >= 0);
            assertThat(shares.get(0)).as("products of " + line).isPositive();
            assertThat(shares.stream().mapToInt(Integer::intValue).sum())
                    .as(line)
                    .isBetween(97, 103);
        }
    }

    @Test
    void decodeStepNamesThePrecisionsThatThereAre() {
        assertThat(run("decode-step", "--precision", "int3", BUNDLE)).isEqualTo(1);
        assertThat(err.toString()).startsWith("pargo: unknown precision 'int3': use float32");
    }

    @Test
    void aCheckpointThatIsNoneGivesOneLine() {
        assertThat(run("inspect", "pom.xml")).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly("pargo: pom.xml: is neither a safetensors file nor a torch.save archive");
    }

    @Test
    void whatIsSynthesizedIsComplete() {
        Path model = directory.resolve("model");
        assertThat(run("synthesize", "--preset", "smol-135m", "--layers", "1", model.toString()))
                .isZero();
        assertThat(out.toString()).contains("of random weights");
        assertThat(run("inspect", model.toString())).isZero();
        assertThat(out.toString()).contains("vocabulary 49152, width 576, 1 layers", "  complete");
    }

    @Test
    void anUnknownPresetGetsTheKnownOnes() {
        assertThat(run(
                        "synthesize",
                        "--preset",
                        "gpt",
                        directory.resolve("model").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("unknown preset 'gpt': known are pargo-internlm2-7b,", "llava-1.5-7b");
    }

    @Test
    void refusesToWriteWhereSomethingIs() {
        assertThat(run("synthesize", "--preset", "smol-135m", "src")).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("pargo: src is not empty; name a new directory");
    }
}
