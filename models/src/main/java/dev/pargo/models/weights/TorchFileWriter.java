package dev.pargo.models.weights;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Writes {@code torch.save} archives of a state dict. torch can load them. */
public final class TorchFileWriter {

    private TorchFileWriter() {}

    /**
     * Writes a new file.
     *
     * @param tensors each less than 4 GiB
     * @throws CheckpointException if the file exists already or cannot be written
     * @throws IllegalArgumentException if the values of a tensor do not have the tensor's length
     */
    public static void write(Path path, List<WrittenTensor> tensors, TensorValues values) {
        String root = path.getFileName().toString().replaceFirst("\\.[^.]+$", "") + "/";
        try (WeightOutput file = WeightOutput.create(path)) {
            ZipOutput zip = new ZipOutput(file);
            zip.add(root + "data.pkl", Pickler.stateDict(tensors));
            zip.add(root + "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < tensors.size(); i++) {
                WrittenTensor tensor = tensors.get(i);
                zip.add(root + "data/" + i, tensor.bytes(), out -> file.write(tensor, values, out));
            }
            zip.add(root + "version", "3\n".getBytes(StandardCharsets.US_ASCII));
            zip.finish();
        }
    }
}
