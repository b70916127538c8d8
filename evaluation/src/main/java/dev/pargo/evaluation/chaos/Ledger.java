package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceProcess;
import java.io.IOException;
import java.util.List;

/** The gateway counts every request exactly once, and the clients count along. */
final class Ledger {

    private static final String REQUESTS = "gen_ai.server.request.duration";

    private final ServiceProcess gateway;
    private final double before;

    Ledger(ServiceProcess gateway) throws IOException {
        this.gateway = gateway;
        this.before = gateway.metric(REQUESTS);
    }

    /** What does not agree, in words. A request that was given up or broke may not have reached the gateway. */
    List<String> broken(Tally tally) throws IOException {
        int counted = (int) (gateway.metric(REQUESTS) - before);
        int sent = tally.attempts().size();
        int arrived = sent - tally.count(Outcome.CANCELLED) - tally.count(Outcome.FAILED);
        return counted >= arrived && counted <= sent
                ? List.of()
                : List.of("the gateway counted %d requests of %d to %d".formatted(counted, arrived, sent));
    }
}
