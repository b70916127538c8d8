package dev.pargo.models.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Formats of a weight file, told apart by its first bytes, because its name may be wrong. */
enum FileFormat {
    SAFETENSORS,
    TORCH;

    private static final String LFS_POINTER = "version https://git-lfs";
    private static final String GGUF = "GGUF";
    private static final int ZIP_MAGIC = 0x04034b50;

    static FileFormat of(WeightFile file) {
        ByteBuffer head = file.read(0, (int) Math.min(file.size(), 32));
        if (head.remaining() >= 4 && head.getInt(0) == ZIP_MAGIC) {
            return TORCH;
        }
        String text = StandardCharsets.US_ASCII.decode(head.duplicate()).toString();
        if (text.startsWith(GGUF)) {
            throw file.problem("is a GGUF file, which is not read; take the model's safetensors");
        }
        if (head.remaining() > Safetensors.PREFIX && head.get(Safetensors.PREFIX) == '{') {
            return SAFETENSORS;
        }
        if (text.startsWith(LFS_POINTER)) {
            throw file.problem("is a Git LFS pointer, not the file itself");
        }
        if (head.hasRemaining() && head.get(0) == Unpickler.PROTO) {
            throw file.problem("is a bare pickle (torch.save before version 1.6); save it again with a newer torch");
        }
        throw file.problem("is neither a safetensors file nor a torch.save archive");
    }
}
