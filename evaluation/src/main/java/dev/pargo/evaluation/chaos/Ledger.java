package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceProcess;
import java.io.IOException;
import java.util.List;

/** Compares the gateway's count of requests with the clients': the gateway must count each request exactly once. */
final class Ledger {

    private static final String REQUESTS = "gen_ai.server.request.duration";

    private static final String RETRIES = "pargo.gateway.retries";

    private final ServiceProcess gateway;
    private final double before;
    private final double retriesBefore;

    Ledger(ServiceProcess gateway) throws IOException {
        this.gateway = gateway;
        this.before = gateway.metric(REQUESTS);
        this.retriesBefore = gateway.metric(RETRIES);
    }

    /** Calls to stages that the gateway has retried since. */
    int retries() throws IOException {
        return (int) (gateway.metric(RETRIES) - retriesBefore);
    }

    /** The differences, in words. A request that was cancelled or failed may not have reached the gateway. */
    List<String> broken(Tally tally) throws IOException {
        int counted = (int) (gateway.metric(REQUESTS) - before);
        int sent = tally.attempts().size();
        int arrived = sent - tally.count(ClientOutcome.CANCELLED) - tally.count(ClientOutcome.FAILED);
        return counted >= arrived && counted <= sent
                ? List.of()
                : List.of("the gateway counted %d requests of %d to %d".formatted(counted, arrived, sent));
    }
}
