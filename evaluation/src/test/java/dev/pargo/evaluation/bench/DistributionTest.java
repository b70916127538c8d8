package dev.pargo.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DistributionTest {

    @Test
    void interpolatesAsNumpyDoes() {
        Distribution distribution = Distribution.of(DoubleStream.of(40, 10, 30, 20));

        // numpy.percentile([10, 20, 30, 40], [50, 90, 99])
        assertThat(distribution.p50()).isEqualTo(25);
        assertThat(distribution.p90()).isCloseTo(37, within(1e-9));
        assertThat(distribution.p99()).isCloseTo(39.7, within(1e-9));
        assertThat(distribution.mean()).isEqualTo(25);
    }

    @Test
    void hitsTheValuesOfARange() {
        Distribution distribution =
                Distribution.of(IntStream.rangeClosed(0, 100).asDoubleStream());

        assertThat(distribution.p50()).isEqualTo(50);
        assertThat(distribution.p90()).isEqualTo(90);
        assertThat(distribution.p99()).isEqualTo(99);
    }

    @Test
    void isZeroWithoutValues() {
        assertThat(Distribution.of(DoubleStream.empty())).isEqualTo(new Distribution(0, 0, 0, 0));
    }
}
