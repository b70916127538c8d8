package dev.pargo.llm.vllm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's load, as its metrics show it. A server with several engines has a line for each.
 *
 * @param running     requests in the running batches
 * @param waiting     requests that wait for them
 * @param utilization share of the KV caches that is used, the mean of all engines
 */
record VllmLoad(int running, int waiting, double utilization) {

    static final VllmLoad NONE = new VllmLoad(0, 0, 0);

    private static final Pattern LINE = Pattern.compile(
            "^vllm:(num_requests_running|num_requests_waiting|kv_cache_usage_perc)\\{[^}]*} ([0-9.eE+-]+)$",
            Pattern.MULTILINE);

    /** Reads metrics in Prometheus's text format. What is not there counts as 0. */
    static VllmLoad of(String metrics) {
        double running = 0;
        double waiting = 0;
        double used = 0;
        int engines = 0;
        Matcher lines = LINE.matcher(metrics);
        while (lines.find()) {
            double value = Double.parseDouble(lines.group(2));
            switch (lines.group(1)) {
                case "num_requests_running" -> running += value;
                case "num_requests_waiting" -> waiting += value;
                default -> {
                    used += value;
                    engines++;
                }
            }
        }
        return new VllmLoad((int) running, (int) waiting, engines == 0 ? 0 : used / engines);
    }
}
