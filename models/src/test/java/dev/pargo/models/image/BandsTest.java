package dev.pargo.models.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BandsTest {

    @ParameterizedTest
    @CsvSource({"10,7", "1,1", "4000,3001", "65535,20", "3,1000000"})
    void processEachRowOnce(int width, int height) {
        AtomicIntegerArray rows = new AtomicIntegerArray(height);

        Bands.process(width, height, (from, end) -> {
            for (int y = from; y < end; y++) {
                rows.incrementAndGet(y);
            }
        });

        for (int y = 0; y < height; y++) {
            assertThat(rows.get(y)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"10,7", "4000,3000"})
    void stopWhenTheirThreadIsInterrupted(int width, int height) {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> Bands.process(width, height, (from, end) -> {}))
                    .isInstanceOf(CancellationException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
