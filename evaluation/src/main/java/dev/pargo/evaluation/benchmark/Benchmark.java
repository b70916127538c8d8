package dev.pargo.evaluation.benchmark;

import dev.pargo.evaluation.benchmark.exam.Exam;
import dev.pargo.evaluation.benchmark.exam.ExamOptions;
import dev.pargo.evaluation.benchmark.jsonl.JsonlExam;
import dev.pargo.evaluation.benchmark.mmbench.MmbenchExam;
import dev.pargo.evaluation.benchmark.mme.MmeExam;
import dev.pargo.evaluation.benchmark.seed.SeedExam;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The benchmarks that can be run. */
enum Benchmark {
    MME(MmeExam::new),
    MMBENCH(MmbenchExam::new),
    SEED_BENCH(SeedExam::new),
    JSONL(JsonlExam::new);

    private final Reader reader;

    Benchmark(Reader reader) {
        this.reader = reader;
    }

    /** Its name on the command line. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads its files.
     *
     * @throws dev.pargo.evaluation.input.InputException if their layout is wrong
     */
    Exam read(ExamOptions options) throws IOException {
        return reader.read(options);
    }

    @FunctionalInterface
    private interface Reader {
        Exam read(ExamOptions options) throws IOException;
    }

    /** Reads a benchmark's name on the command line. */
    static final class Converter implements ITypeConverter<Benchmark> {

        @Override
        public Benchmark convert(String label) {
            return Arrays.stream(values())
                    .filter(benchmark -> benchmark.label().equals(label))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("there is no benchmark '%s'; there are %s"
                            .formatted(
                                    label,
                                    Arrays.stream(values())
                                            .map(Benchmark::label)
                                            .collect(Collectors.joining(", ")))));
        }
    }
}
