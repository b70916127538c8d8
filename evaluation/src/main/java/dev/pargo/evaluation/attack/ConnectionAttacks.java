package dev.pargo.evaluation.attack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Attacks with many, slow, idle or malformed connections. */
final class ConnectionAttacks {

    private static final int MANY = 1000;
    private static final Duration HELD = Duration.ofSeconds(15);
    private static final long LARGEST = 32 << 20;
    private static final int SLOW_STEPS = 15;
    private static final int MORE_THAN_AN_ADDRESS_MAY = 5000;
    private static final int KEEP_ALIVE_SECONDS = 76;
    private static final byte[] QUESTION = ChatBody.text("?", "\"max_tokens\":1");

    private ConnectionAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack("16 bodies of up to 32 MB that come byte by byte", ConnectionAttacks::slowBodies),
                new Attack(
                        "1,000 bodies of 32 MB that come byte by byte, from many addresses",
                        target -> slowly(target, MANY, ChatBody.head(32 << 20), "{")),
                new Attack(
                        "300 GETs with slow bodies",
                        target -> slowly(
                                target,
                                300,
                                "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n",
                                "x")),
                new Attack(
                        "1,000 connections with half a head",
                        target -> slowly(target, MANY, "POST /v1/chat/completions HTTP/1.1\r\n", "X")),
                new Attack("1,000 idle connections to the gateway", target -> idle(target, List.of(target.door()))),
                new Attack("5,000 idle connections from one address", ConnectionAttacks::idleFromOneAddress),
                new Attack("1,000 idle connections to all HTTP ports", target -> idle(target, target.httpPorts())),
                new Attack("1,000 idle connections to the stages", target -> idle(target, target.grpcPorts())),
                new Attack("1,000 connections with garbage to the stages", ConnectionAttacks::garbage),
                new Attack("500 requests at once", ConnectionAttacks::burst),
                new Attack("a client that half-closes", ConnectionAttacks::halfClosed),
                new Attack("a connection after a refusal", ConnectionAttacks::usedAfterRefusal),
                new Attack("a head of 100 KB", ConnectionAttacks::largeHead),
                new Attack("a connection that idles for 76 s", ConnectionAttacks::keptAlive));
    }

    /**
     * Claims all of the gateway's memory for bodies: three bodies of the largest size, then smaller and smaller ones.
     */
    private static void slowBodies(StackUnderAttack target) throws InterruptedException {
        Crowd.atOnce(16, target.replies(), number -> {
            long length = number < 3 ? LARGEST : LARGEST >> (number - 2);
            trickle(RawConnection.open(target.door(), RawConnection.ATTACKER), ChatBody.head(length), "{");
        });
    }

    /** Opens connections from many addresses, four from each. Each sends a head and then one piece per second. */
    private static void slowly(StackUnderAttack target, int count, String head, String piece)
            throws InterruptedException {
        Crowd.atOnce(
                count,
                target.replies(),
                number -> trickle(RawConnection.open(target.door(), address(number)), head, piece));
    }

    private static void trickle(RawConnection opened, String head, String piece)
            throws IOException, InterruptedException {
        try (RawConnection connection = opened) {
            connection.write(head);
            Slowly.every(1000, SLOW_STEPS, () -> {
                connection.write(piece);
                return true;
            });
        }
    }

    private static String address(int number) {
        return "127.0.1." + (1 + number / 4);
    }

    private static void idle(StackUnderAttack target, List<InetSocketAddress> ports)
            throws IOException, InterruptedException {
        hold(target, MANY, number -> RawConnection.open(ports.get(number % ports.size()), address(number)));
    }

    private static void idleFromOneAddress(StackUnderAttack target) throws IOException, InterruptedException {
        hold(target, MORE_THAN_AN_ADDRESS_MAY, number -> target.connect(target.door()));
    }

    private static void hold(StackUnderAttack target, int count, Opening opening)
            throws IOException, InterruptedException {
        List<RawConnection> connections = Collections.synchronizedList(new ArrayList<>());
        try {
            Crowd.share(count, 20, target.replies(), number -> connections.add(opening.open(number)));
            TimeUnit.NANOSECONDS.sleep(HELD.toNanos());
        } finally {
            for (RawConnection connection : connections) {
                connection.close();
            }
        }
    }

    private interface Opening {
        RawConnection open(int number) throws IOException;
    }

    private static void garbage(StackUnderAttack target) throws InterruptedException {
        Crowd.share(MANY, 20, target.replies(), number -> {
            InetSocketAddress port =
                    target.grpcPorts().get(number % target.grpcPorts().size());
            try (RawConnection connection = target.connect(port)) {
                byte[] bytes = new byte[10_000];
                target.random().nextBytes(bytes);
                if (number % 2 == 0) {
                    connection.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
                }
                connection.write(bytes);
            }
        });
    }

    private static void burst(StackUnderAttack target) throws InterruptedException {
        Crowd.atOnce(500, target.replies(), number -> {
            try (RawConnection connection = RawConnection.open(target.door(), address(number))) {
                connection.write(ChatBody.head(QUESTION.length));
                connection.write(QUESTION);
                note(target, connection.readReply(), "one of 500 requests");
            } catch (IOException e) {
                target.replies().addUnacceptable("one of 500 requests was not answered: " + e);
            }
        });
    }

    private static void halfClosed(StackUnderAttack target) throws IOException {
        try (RawConnection connection = target.connect(target.door())) {
            connection.write(ChatBody.head(QUESTION.length));
            connection.write(QUESTION);
            connection.endOutput();
            expect(target, connection, 200, "a half-closed request");
        }
    }

    private static void usedAfterRefusal(StackUnderAttack target) throws IOException {
        try (RawConnection connection = target.connect(target.door())) {
            byte[] wrong = ChatBody.text("?", "\"temperature\":-1");
            connection.write(ChatBody.head(wrong.length));
            connection.write(wrong);
            expect(target, connection, 400, "a wrong request");
            connection.write(ChatBody.head(QUESTION.length));
            connection.write(QUESTION);
            expect(target, connection, 200, "a request after a refusal");
        }
    }

    private static void largeHead(StackUnderAttack target) throws IOException {
        try (RawConnection connection = target.connect(target.door())) {
            connection.write("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(100_000) + "\r\n\r\n");
            expect(target, connection, 431, "a head of 100 KB");
        }
    }

    private static void keptAlive(StackUnderAttack target) throws IOException, InterruptedException {
        try (RawConnection connection = target.connect(target.door())) {
            connection.write(ChatBody.head(QUESTION.length));
            connection.write(QUESTION);
            expect(target, connection, 200, "a first request");
            TimeUnit.SECONDS.sleep(KEEP_ALIVE_SECONDS);
            connection.write(ChatBody.head(QUESTION.length));
            connection.write(QUESTION);
            expect(target, connection, 200, "a request after 76 s");
        }
    }

    private static void expect(StackUnderAttack target, RawConnection connection, int status, String what) {
        try {
            RawConnection.Reply reply = connection.readReply();
            note(target, reply, what);
            if (reply.status() != status) {
                target.replies()
                        .addUnacceptable("status %d instead of %d to %s".formatted(reply.status(), status, what));
            }
        } catch (IOException e) {
            target.replies().addUnacceptable("no answer to %s: %s".formatted(what, e));
        }
    }

    private static void note(StackUnderAttack target, RawConnection.Reply reply, String what) {
        target.replies().add(reply.status(), reply.body(), what);
    }
}
