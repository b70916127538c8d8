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

    @Test
    void precisionsAreNamedInLowerOrUpperCase() {
        assertThat(Precision.named("BFloat16")).isEqualTo(Precision.BFLOAT16);
    }

    @Test
    void anUnknownDeviceGetsTheKnownOnes() {
        assertThat(Devices.named("CPU")).isEqualTo(Device.cpu());
        assertThatExceptionOfType(PlacementException.class)
                .isThrownBy(() -> Devices.named("tpu"))
                .withMessage("unknown device 'tpu': use cpu, cuda:N or auto");
    }
}
