package dev.pargo.models.torch;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDManager;

/**
 * Where a network runs and in which arithmetic.
 *
 * @param packsWeights whether weights may be copied to a layout that is faster to read; otherwise they stay in the
 *                     mapped file, which processes share
 */
public record Placement(Device device, Precision precision, boolean packsWeights) {

    /** @throws PlacementException if the device cannot compute in this precision */
    public Placement {
        if (precision.isQuantized() && device.isGpu()) {
            throw new PlacementException(
                    "precision '%s' is for CPUs: on a GPU use bfloat16 or float16".formatted(precision.label()));
        }
    }

    public static final Placement REFERENCE = new Placement(Device.cpu(), Precision.FLOAT32, true);

    /** The same with weights left in the mapped file. */
    public Placement withMappedWeights() {
        return new Placement(device, precision, false);
    }

    /** Opens a manager whose arrays live on this device. The caller closes it. */
    public PtNDManager newManager() {
        return (PtNDManager) ai.djl.ndarray.NDManager.newBaseManager(device, "PyTorch");
    }

    /** The device's name in configuration and on the wire. */
    public String deviceLabel() {
        return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
    }
}
