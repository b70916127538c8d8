package dev.pargo.evaluation.benchmark.mmbench;

import dev.pargo.evaluation.benchmark.exam.Layout;
import dev.pargo.evaluation.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/** The rows of an MMBench file, by their index. */
final class MmbenchTable {

    private static final Layout LAYOUT = new Layout(
            "mmbench",
            List.of(
                    "one .tsv file, such as MMBench_DEV_EN.tsv, or its path",
                    "with the columns index, question, A, B, image, and mostly hint, C, D, answer, category"));
    private static final List<String> COLUMNS = List.of("index", "question", "A", "B", "image");
    private static final int MOST_SHOWN = 200;
    private static final CsvSchema SCHEMA = CsvSchema.emptySchema().withHeader().withColumnSeparator('\t');

    private final List<MmbenchRow> rows;
    private final Map<Integer, MmbenchRow> byIndex;

    private MmbenchTable(List<MmbenchRow> rows) {
        this.rows = rows;
        this.byIndex = rows.stream().collect(Collectors.toMap(MmbenchRow::index, Function.identity()));
    }

    /**
     * Reads a table.
     *
     * @param data the file, or a folder that contains only this file
     */
    static MmbenchTable read(Path data) throws IOException {
        Path file = Files.isDirectory(data) ? onlyTable(data) : data;
        if (!Files.isRegularFile(file)) {
            throw LAYOUT.mismatch(data);
        }
        try (MappingIterator<Map<String, String>> lines = new CsvMapper()
                .readerFor(new TypeReference<Map<String, String>>() {})
                .with(SCHEMA)
                .readValues(file)) {
            List<Map<String, String>> cells = lines.readAll();
            if (cells.isEmpty()) {
                throw LAYOUT.mismatch(data, "%s has no rows".formatted(file.getFileName()));
            }
            if (!cells.get(0).keySet().containsAll(COLUMNS)) {
                String columns = String.join(" | ", cells.get(0).keySet());
                throw LAYOUT.mismatch(
                        data,
                        "the columns of %s: %s"
                                .formatted(
                                        file.getFileName(),
                                        columns.substring(0, Math.min(columns.length(), MOST_SHOWN))));
            }
            return new MmbenchTable(cells.stream()
                    .map(MmbenchRow::of)
                    .sorted(Comparator.comparingInt(MmbenchRow::index))
                    .toList());
        } catch (JacksonException e) {
            throw new InputException(
                    "%s is not a table with tabs between its columns: %s".formatted(file, e.getOriginalMessage()));
        }
    }

    List<MmbenchRow> rows() {
        return rows;
    }

    /** The picture of a row in base64; rotations refer to the first row's. */
    String picture(MmbenchRow row) {
        if (row.hasPicture()) {
            return row.image();
        }
        @Nullable
        MmbenchRow owner = row.image().matches("\\d{1,9}") ? byIndex.get(Integer.parseInt(row.image())) : null;
        if (owner == null || !owner.hasPicture()) {
            throw new InputException(
                    "row %d of the MMBench table has no picture: image is neither base64 nor the index of a row that has one"
                            .formatted(row.index()));
        }
        return owner.image();
    }

    private static Path onlyTable(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> tables =
                    files.filter(file -> file.toString().endsWith(".tsv")).toList();
            if (tables.size() != 1) {
                throw LAYOUT.mismatch(folder);
            }
            return tables.get(0);
        }
    }
}
