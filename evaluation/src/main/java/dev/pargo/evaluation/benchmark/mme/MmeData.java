package dev.pargo.evaluation.benchmark.mme;

import dev.pargo.evaluation.benchmark.exam.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads MME's files in either of two layouts. The reference's has a table for each subtask and folders of pictures. The
 * layout in which MME is distributed has a file with two questions for each picture. Questions without a picture are
 * skipped, as in the reference.
 */
final class MmeData {

    private static final Layout LAYOUT = new Layout(
            "mme",
            List.of(
                    "Data_json/SUBTASK.txt, each line: IMAGE, question and Yes or No, with tabs between",
                    "images/SUBTASK/IMAGE",
                    "or MME as it is distributed: SUBTASK/NAME.jpg and SUBTASK/NAME.txt,",
                    "or SUBTASK/images/NAME.jpg and SUBTASK/questions_answers_YN/NAME.txt"));
    private static final List<String> TYPES = List.of(".jpg", ".png", ".jpeg");

    private final List<MmeItem> items = new ArrayList<>();
    private int skipped;
    private @Nullable Path missing;

    private MmeData() {}

    static MmeData read(Path data) throws IOException {
        MmeData read = new MmeData();
        Path tables = data.resolve("Data_json");
        if (Files.isDirectory(tables)) {
            for (Path table : list(tables, ".txt")) {
                read.addTable(table, data.resolve("images"));
            }
        } else if (Files.isDirectory(data)) {
            for (String subtask : Stream.concat(Subtask.PERCEPTION.stream(), Subtask.COGNITION.stream())
                    .toList()) {
                read.addFolder(subtask, data.resolve(subtask));
            }
        }
        if (read.items.isEmpty()) {
            throw LAYOUT.mismatch(data, read.detail(data));
        }
        return read;
    }

    private String detail(Path data) {
        return missing == null
                ? ""
                : "%d questions, but none of their pictures, such as %s".formatted(skipped, data.relativize(missing));
    }

    List<MmeItem> items() {
        return items;
    }

    /** Questions without a picture. */
    int skipped() {
        return skipped;
    }

    private void addTable(Path table, Path images) throws IOException {
        String subtask = name(table);
        List<String> lines = Files.readAllLines(table);
        for (int i = 0; i < lines.size(); i++) {
            String[] cells = cells(lines.get(i), 3, table, i + 1);
            add(subtask, i + 1, images.resolve(subtask).resolve(cells[0]), cells[1], cells[2]);
        }
    }

    private void addFolder(String subtask, Path folder) throws IOException {
        Path questions = folder.resolve("questions_answers_YN");
        Path images = folder.resolve("images");
        int number = 0;
        for (Path file : list(Files.isDirectory(questions) ? questions : folder, ".txt")) {
            Path image = image(Files.isDirectory(images) ? images : folder, name(file));
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String[] cells = cells(lines.get(i), 2, file, i + 1);
                add(subtask, ++number, image, cells[0], cells[1]);
            }
        }
    }

    private void add(String subtask, int number, Path image, String question, String answer) {
        if (!Files.isRegularFile(image)) {
            skipped++;
            missing = missing == null ? image : missing;
        } else {
            items.add(new MmeItem("%s %d".formatted(subtask, number), subtask, image, question, answer));
        }
    }

    private static String[] cells(String line, int count, Path file, int number) {
        String[] cells = line.strip().split("\t", -1);
        if (cells.length != count || !cells[count - 1].strip().matches("(?i)yes|no")) {
            throw Layout.wrong(
                    file,
                    number,
                    "expected %d columns with a tab between them, the last Yes or No, and found %d: %s"
                            .formatted(count, cells.length, line.strip()));
        }
        return cells;
    }

    private static List<Path> list(Path folder, String ending) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    private static Path image(Path folder, String name) {
        return TYPES.stream()
                .map(type -> folder.resolve(name + type))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(folder.resolve(name + TYPES.get(0)));
    }

    private static String name(Path file) {
        return file.getFileName().toString().replaceFirst("\\.[^.]+$", "");
    }
}
