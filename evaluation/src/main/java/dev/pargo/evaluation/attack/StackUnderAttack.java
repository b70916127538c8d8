package dev.pargo.evaluation.attack;

import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The stack under attack, and the result of one attack.
 *
 * @param replies the answers that attackers got
 * @param random  source of all random choices
 */
record StackUnderAttack(RunningStack stack, Replies replies, Random random) {

    private static final Duration PATIENCE = Duration.ofSeconds(150);
    /** Time in which calls that were made reach their stage. */
    private static final Duration ARRIVAL = Duration.ofSeconds(10);
    /** Largest number of requests of other clients in a stage. */
    private static final int FEW = 2;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** The port on which the gateway takes requests. */
    InetSocketAddress door() {
        return port(stack.ports().work(ServiceKind.GATEWAY));
    }

    /** Every port that speaks HTTP. */
    List<InetSocketAddress> httpPorts() {
        List<InetSocketAddress> ports = new ArrayList<>(List.of(door()));
        for (ServiceKind kind : ServiceKind.values()) {
            ports.add(port(stack.ports().management(kind)));
        }
        return ports;
    }

    /** Every port that speaks gRPC. */
    List<InetSocketAddress> grpcPorts() {
        return ServiceKind.STAGES.stream().map(this::grpcPort).toList();
    }

    /** The gRPC port of a stage. */
    InetSocketAddress grpcPort(ServiceKind kind) {
        return port(stack.ports().work(kind));
    }

    /** Waits until a stage has more than the few requests of a bystander. Records a failure if it never has. */
    void expectManyAdmitted(ServiceKind kind) throws IOException, InterruptedException {
        long limit = System.nanoTime() + ARRIVAL.toNanos();
        double most = admitted(kind);
        while (most <= FEW && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(50);
            most = Math.max(most, admitted(kind));
        }
        if (most <= FEW) {
            replies.addUnacceptable("the %s never had more than %.0f requests".formatted(kind.label(), most));
        }
    }

    /** Records a failure if a stage still has more than the few requests of a bystander. */
    void expectFewAdmitted(ServiceKind kind, Duration within) throws IOException, InterruptedException {
        long limit = System.nanoTime() + within.toNanos();
        double admitted = admitted(kind);
        while (admitted > FEW && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(200);
            admitted = admitted(kind);
        }
        if (admitted > FEW) {
            replies.addUnacceptable("the %s still has %.0f requests".formatted(kind.label(), admitted));
        }
    }

    private double admitted(ServiceKind kind) throws IOException {
        return stack.service(kind).metric("pargo.stage.admitted");
    }

    /** Opens a connection from the attackers' common address. */
    RawConnection connect(InetSocketAddress port) throws IOException {
        return RawConnection.open(port, RawConnection.ATTACKER);
    }

    /** Sends a chat request as ordinary clients do, and notes the answer. */
    void post(byte[] body, String what) throws IOException, InterruptedException {
        post(HttpRequest.BodyPublishers.ofByteArray(body), what);
    }

    /** Sends a chat request as ordinary clients do, and notes the answer. */
    int post(HttpRequest.BodyPublisher body, String what) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(stack.url().resolve("/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .POST(body)
                .build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        replies.add(response.statusCode(), response.body(), what);
        return response.statusCode();
    }

    private static InetSocketAddress port(int number) {
        return new InetSocketAddress(LOOPBACK, number);
    }
}
