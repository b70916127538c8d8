package dev.pargo.evaluation.plan;

import dev.pargo.evaluation.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A recorded load.
 *
 * @param counts requests in each interval
 * @param interval length of an interval in seconds
 */
record Arrivals(List<Integer> counts, double interval) {

    /** Interval of the counts in files. */
    private static final double SECONDS = 10;

    /** Reads a file with the number of requests in each 10 s, separated by white space; lines that begin with # are comments. */
    static Arrivals read(Path file) throws IOException {
        try (var lines = Files.lines(file)) {
            List<Integer> counts = lines.filter(line -> !line.startsWith("#"))
                    .flatMap(line -> Arrays.stream(line.strip().split("\\s+")))
                    .filter(number -> !number.isEmpty())
                    .map(Integer::parseUnsignedInt)
                    .toList();
            return new Arrivals(counts, SECONDS);
        } catch (NumberFormatException e) {
            throw new InputException("%s: not a number of requests: %s".formatted(file, e.getMessage()));
        }
    }

    double seconds() {
        return counts.size() * interval;
    }

    /** Highest mean rate of 60 s, in requests per second. */
    double peak() {
        int window = (int) (60 / interval);
        int most = 0;
        for (int start = 0; start + window <= counts.size(); start++) {
            most = Math.max(
                    most,
                    counts.subList(start, start + window).stream()
                            .mapToInt(Integer::intValue)
                            .sum());
        }
        return most / 60.0;
    }

    /**
     * Times of the requests in seconds, ascending, at random places within their intervals.
     *
     * @param factor number of requests for each recorded request
     */
    double[] times(double factor, Random random) {
        double[] times = new double
                [counts.stream()
                        .mapToInt(count -> (int) Math.round(count * factor))
                        .sum()];
        int next = 0;
        for (int i = 0; i < counts.size(); i++) {
            for (long left = Math.round(counts.get(i) * factor); left > 0; left--) {
                times[next++] = (i + random.nextDouble()) * interval;
            }
        }
        Arrays.sort(times);
        return times;
    }
}
