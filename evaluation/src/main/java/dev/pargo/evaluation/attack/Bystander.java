package dev.pargo.evaluation.attack;

import dev.pargo.evaluation.client.ChatRequest;
import dev.pargo.evaluation.client.PictureDataUrl;
import dev.pargo.evaluation.example.Example;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.IntNode;

/** An ordinary client that repeats a simple question during an attack, each time on a new connection. */
final class Bystander implements AutoCloseable {

    private static final int PAUSE_MILLIS = 100;

    private final InetSocketAddress door;
    private final Example example;
    private final Thread thread = new Thread(this::run, "bystander");
    private long asked = System.nanoTime();
    private long lastServed = System.nanoTime();
    private long longestOut;
    private int served;
    private final List<String> wrong = new ArrayList<>();
    private String lastTrouble = "";
    private volatile boolean stopped;

    /**
     * Starts asking.
     *
     * @param example the question, and its right answer
     */
    Bystander(InetSocketAddress door, Example example) {
        this.door = door;
        this.example = example;
        thread.setDaemon(true);
        thread.start();
    }

    /** Longest time without an answer so far. */
    synchronized Duration longestOut() {
        return Duration.ofNanos(Math.max(longestOut, System.nanoTime() - lastServed));
    }

    /** Right answers so far. */
    synchronized int served() {
        return served;
    }

    /** The last error. */
    synchronized String lastTrouble() {
        return lastTrouble;
    }

    /** Wrong answers. */
    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
    }

    private void run() {
        try {
            while (!stopped) {
                ask();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() {
        try (RawConnection connection = RawConnection.open(door, RawConnection.BYSTANDER)) {
            connection.write(request());
            RawConnection.Reply reply = connection.readReply();
            if (reply.status() == 200) {
                serve(JsonMapper.shared()
                        .readTree(reply.body())
                        .at("/choices/0/message/content")
                        .asString());
            } else {
                trouble("status %d: %s".formatted(reply.status(), reply.body()));
            }
        } catch (IOException e) {
            trouble(e.toString());
        }
    }

    /** The question about a picture that no cache knows, so that it passes all stages. */
    private byte[] request() {
        String body = new ChatRequest(
                        "pargo-mini",
                        PictureDataUrl.of(example.freshPicture(++asked), "image/png"),
                        example.question(),
                        Map.of("temperature", IntNode.valueOf(0)))
                .toJson()
                .toString();
        return ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private synchronized void serve(String text) {
        if (!text.equals(example.answer())) {
            wrong.add("a bystander was answered '%s'".formatted(text));
            return;
        }
        long now = System.nanoTime();
        longestOut = Math.max(longestOut, now - lastServed);
        lastServed = now;
        served++;
    }

    private synchronized void trouble(String what) {
        lastTrouble = what;
    }
}
