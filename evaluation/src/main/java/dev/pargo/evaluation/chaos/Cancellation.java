package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceKind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Clients that cancel in the middle of long answers: the work must stop. */
final class Cancellation {

    private static final int CLIENTS = 8;
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(2);
    private static final Duration WATCHED = Duration.ofSeconds(2);

    private Cancellation() {}

    /** All clients cancel at about the same time. Shortly afterwards no LLM may write another token. */
    static Fault inLongAnswers() {
        return scene -> {
            Random random = new Random(0);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                boolean streamed = i % 2 == 0;
                Ask ask = new Ask(
                        scene.book().questions().get(random.nextInt(CLIENTS)),
                        streamed,
                        true,
                        true,
                        Duration.ofMillis(200 + random.nextInt(100)));
                Thread client = Daemon.thread("leaver", () -> leave(scene, ask));
                client.start();
                clients.add(client);
            }
            for (Thread client : clients) {
                client.join();
            }
            scene.pass(STOPS_WITHIN);
            double before = written(scene.cluster());
            scene.pass(WATCHED);
            double after = written(scene.cluster());
            if (after > before) {
                scene.broken("%.0f tokens were written after the clients had left".formatted(after - before));
            }
        };
    }

    private static void leave(Scene scene, Ask ask) {
        try {
            scene.load().send(ask);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static double written(Cluster cluster) throws IOException {
        double tokens = 0;
        for (ProxiedReplica replica : cluster.replicas(ServiceKind.LLM)) {
            tokens += replica.process().metric("pargo.llm.tokens?tag=direction:out");
        }
        return tokens;
    }
}
