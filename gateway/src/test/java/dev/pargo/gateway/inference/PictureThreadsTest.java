package dev.pargo.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.gateway.error.GatewayException;
import io.grpc.Deadline;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PictureThreadsTest {

    private final RequestScope scope = new RequestScope("id", "client", Deadline.after(10, TimeUnit.SECONDS), () -> {});
    private final PictureThreads threads = new PictureThreads(4);

    @AfterEach
    void stop() {
        threads.close();
    }

    @Test
    void worksOnAsManyPicturesAtOnceAsAllowed() throws Exception {
        CountDownLatch together = new CountDownLatch(4);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();

        assertThat(threads.all(
                        12,
                        scope,
                        index -> meet(index, together, now, most),
                        (index, helping) -> meet(index, together, now, most)))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        assertThat(most).hasValue(4);
    }

    private static int meet(int index, CountDownLatch together, AtomicInteger now, AtomicInteger most) {
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        together.countDown();
        await(together);
        now.decrementAndGet();
        return index;
    }

    @Test
    void theRequestsOwnThreadTriesWhatAHelperCouldNot() throws Exception {
        Set<Integer> failed = ConcurrentHashMap.newKeySet();
        CountDownLatch helped = new CountDownLatch(3);

        assertThat(threads.all(
                        8,
                        scope,
                        index -> {
                            await(helped);
                            return index;
                        },
                        (index, helping) -> {
                            failed.add(index);
                            helped.countDown();
                            throw new IllegalStateException("full");
                        }))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(failed).as("each helper fails once").hasSize(3);
    }

    @Test
    void helpersHaveEndedWhenTheRequestFails() {
        CountDownLatch helpersAtWork = new CountDownLatch(3);
        AtomicInteger atWork = new AtomicInteger();

        assertThatThrownBy(() -> threads.all(
                        8,
                        scope,
                        index -> {
                            await(helpersAtWork);
                            throw new IllegalArgumentException("no picture");
                        },
                        (index, helping) -> {
                            atWork.incrementAndGet();
                            helpersAtWork.countDown();
                            try {
                                while (true) {
                                    helping.pulse().run();
                                    Thread.onSpinWait();
                                }
                            } finally {
                                atWork.decrementAndGet();
                            }
                        }))
                .hasMessage("no picture");
        assertThat(atWork).hasValue(0);
    }

    @Test
    void aPictureOfAHelperThatDiesIsNotLost() throws Exception {
        CountDownLatch dead = new CountDownLatch(3);

        assertThat(threads.all(
                        8,
                        scope,
                        index -> {
                            await(dead);
                            return index;
                        },
                        (index, helping) -> {
                            dead.countDown();
                            throw new DeadlyError();
                        }))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void theRequestsTimeEndsItsWaitForHelpers() {
        RequestScope brief = new RequestScope("id", "client", Deadline.after(300, TimeUnit.MILLISECONDS), () -> {});
        CountDownLatch helped = new CountDownLatch(1);

        assertThatThrownBy(() -> threads.all(
                        2,
                        brief,
                        index -> {
                            await(helped);
                            return index;
                        },
                        (index, helping) -> {
                            helped.countDown();
                            while (true) {
                                helping.pulse().run();
                                Thread.onSpinWait();
                            }
                        }))
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining("time ran out");
    }

    private static final class DeadlyError extends Error {

        DeadlyError() {
            super("thrown by the test", null, false, false);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
