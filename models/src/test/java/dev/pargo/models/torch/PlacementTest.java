package dev.pargo.models.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.djl.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlacementTest {

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"INT8", "INT4"})
    void integerWeightsAreForCpus(Precision precision) {
        assertThatExceptionOfType(PlacementException.class)
                .isThrownBy(() -> new Placement(Device.gpu(0), precision, true))
                .withMessage("precision '%s' is for CPUs: on a GPU use bfloat16 or float16", precision.label());
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"INT8", "INT4"})
    void integerWeightsAreForLanguageModels(Precision precision) {
        assertThatExceptionOfType(PlacementException.class)
                .isThrownBy(() -> Placement.resolve("cpu", precision.label()).unquantized())
                .withMessage("precision '%s' is for language models only", precision.label());
    }

    @Test
    void precisionsAreNamedInLowerOrUpperCase() {
        assertThat(Placement.resolve("CPU", "BFloat16").precision()).isEqualTo(Precision.BFLOAT16);
    }

    @Test
    void anUnknownDeviceGetsTheKnownOnes() {
        assertThatExceptionOfType(PlacementException.class)
                .isThrownBy(() -> Placement.resolve("tpu", "float32"))
                .withMessage("unknown device 'tpu': use cpu, cuda:N or auto");
    }
}
