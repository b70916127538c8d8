package dev.pargo.models.image;

import dev.pargo.models.config.JsonConfig;

/** The supported image processors of transformers. */
public final class PublishedCutters {

    private PublishedCutters() {}

    /**
     * Reads a published processor's settings.
     *
     * @param processor     a {@code preprocessor_config.json}, or the image processor's section of a {@code processor_config.json}
     * @param padsToSquare  whether pictures that are encoded as one square are padded first, as in the original
     *                     LLaVA-1.5
     * @throws dev.pargo.models.config.ConfigException if it asks for a step that is not supported
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
