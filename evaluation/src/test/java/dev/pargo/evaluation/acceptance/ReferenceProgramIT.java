package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.endpoint.Cli;
import dev.pargo.evaluation.stack.Bundles;
import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.RunningStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ParGo's public evaluation as a whole: from the same benchmark folder comes the same result file. */
class ReferenceProgramIT {

    private static final Path FIXTURE = Repository.file("models/src/test/fixtures/e2e");

    @TempDir
    private Path directory;

    @Test
    void writesTheResultFileOfTheReference() throws Exception {
        try (RunningStack stack = RunningStack.start(Bundles.endToEnd(FIXTURE, directory), Map.of())) {
            Cli cli = Cli.run(
                    "evaluate",
                    "mme",
                    "--decoding",
                    "reference",
                    "--data",
                    FIXTURE.resolve("bench").toString(),
                    "--out",
                    directory.resolve("out").toString(),
                    "--url",
                    stack.url().toString());

            assertThat(cli.status()).as(cli.err()).isZero();
            assertThat(Files.readString(directory.resolve("out/results/color.txt")))
                    .isEqualTo(Files.readString(FIXTURE.resolve("expected_color.txt")));
        }
    }
}
