package dev.pargo.models.image;

import dev.pargo.models.config.JsonConfig;

/** The image processors of transformers that are known here. */
public final class PublishedCutters {

    private PublishedCutters() {}

    /**
     * Reads a published processor's settings.
     *
     * @param processor     a {@code preprocessor_config.json}, or the image processor's section of a {@code processor_config.json}
     * @param padsToSquare  whether pictures that are seen as one square are padded, as the original LLaVA-1.5 does
     * @throws dev.pargo.models.config.ConfigException if it asks for what is not done here
     */
    public static ImageCutter read(JsonConfig processor, boolean padsToSquare) {
        String type =
                processor.string("image_processor_type", "CLIPImageProcessor").replaceFirst("(Fast|Pil)$", "");
        return switch (type) {
            case "SmolVLMImageProcessor", "Idefics3ImageProcessor" -> SplitTiles.read(processor);
            case "GotOcr2ImageProcessor" -> AspectTiles.read(processor);
            case "LlavaNextImageProcessor" -> PinpointTiles.read(processor);
            case "LlavaOnevisionImageProcessor" -> OneVisionTiles.read(processor);
            case "Qwen2VLImageProcessor", "Qwen3VLImageProcessor" -> AnyResolution.read(processor);
            default -> {
                Preprocessing square = Preprocessing.readProcessor(processor);
                yield new WholeImage(padsToSquare ? square.withMode(ResizeMode.EXPAND_TO_SQUARE) : square);
            }
        };
    }
}
