package dev.pargo.models.memory;

import ai.djl.Device;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.torch.Devices;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.PlacementException;
import dev.pargo.models.torch.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a network is loaded and in which precision, decided before anything is loaded.
 *
 * @param reason why this precision was chosen, as a clause
 */
public record PlacementChoice(Placement placement, String reason) {

    private static final Logger log = LoggerFactory.getLogger(PlacementChoice.class);

    private static final String AUTO = "auto";

    /** A network that is smaller than this in float32 gains little from another precision. */
    private static final long SMALL = 1_000_000_000;

    /** A smaller KV cache is not worth proposing. */
    private static final long LEAST_CACHE = 64_000_000;

    /**
     * Chooses a placement that fits the memory.
     *
     * <p>{@code auto} takes float32 for a network of less than 1 GB, else bfloat16 where the device computes it natively
     * (float16 on a GPU that does not), else float32. If that does not fit, the next of bfloat16, int8 and int4 that does;
     * the last two are for decoders on a CPU.
     *
     * @param device       {@code cpu}, {@code cuda:N}, or {@code auto}: the first GPU if there is one
     * @param precision    a precision by its label, or {@code auto}
     * @param packsWeights see {@link Placement}
     * @param checked      whether to refuse what does not fit
     * @throws PlacementException if the device or the precision is unknown or not for this network
     * @throws MemoryException    if nothing, or not what was asked for, fits
     */
    public static PlacementChoice of(
            StoredNetwork<?> stored,
            String device,
            String precision,
            boolean packsWeights,
            NetworkUse use,
            boolean checked) {
        stored.check();
        Device where = Devices.named(device);
        Candidates candidates = new Candidates(
                stored,
                where,
                packsWeights,
                use,
                Runtime.getRuntime().maxMemory(),
                Capacity.of(where),
                Devices.computesBfloat16(where));
        PlacementChoice choice = candidates.choose(precision, checked);
        log.info(
                "{} in {} on {} ({}): needs up to {} of the {} that the {} has",
                stored.config().network(),
                choice.placement.precision().label(),
                choice.placement.deviceLabel(),
                choice.reason,
                Size.of(candidates.need(choice.placement.precision()).total()),
                Size.of(candidates.capacity.bytes()),
                candidates.capacity.source());
        return choice;
    }

    /** The candidates, and the data for the choice. */
    record Candidates(
            StoredNetwork<?> stored,
            Device device,
            boolean packsWeights,
            NetworkUse use,
            long heap,
            Capacity capacity,
            boolean nativeBfloat16) {

        PlacementChoice choose(String precision, boolean checked) {
            return precision.equalsIgnoreCase(AUTO) ? auto(checked) : configured(Precision.named(precision), checked);
        }

        private PlacementChoice configured(Precision precision, boolean checked) {
            if (precision.isQuantized() && !stored.config().integerForms().contains(precision)) {
                throw new PlacementException("precision '%s' is not for %s"
                        .formatted(precision.label(), stored.config().network()));
            }
            if (checked && !fits(precision)) {
                throw refusal(precision, "in " + precision.label());
            }
            return new PlacementChoice(placement(precision), "configured");
        }

        private PlacementChoice auto(boolean checked) {
            List<Precision> order = order();
            Precision best = order.get(0);
            if (fits(best) || !checked) {
                return new PlacementChoice(placement(best), reason(best));
            }
            for (Precision next : order) {
                if (fits(next)) {
                    return new PlacementChoice(
                            placement(next),
                            "%s would need %s of memory, the %s has %s"
                                    .formatted(
                                            best.label(),
                                            Size.of(need(best).total()),
                                            capacity.source(),
                                            Size.of(capacity.bytes())));
                }
            }
            Precision smallest = order.get(order.size() - 1);
            throw refusal(smallest, "even in " + smallest.label());
        }

        /** Without duplicates, the best first. */
        private List<Precision> order() {
            if (device.isGpu()) {
                return List.of(nativeBfloat16 ? Precision.BFLOAT16 : Precision.FLOAT16);
            }
            Stream<Precision> best = nativeBfloat16 && !isSmall() ? Stream.empty() : Stream.of(Precision.FLOAT32);
            return Stream.concat(best, alternatives()).toList();
        }

        private Stream<Precision> alternatives() {
            Stream<Precision> integers = Stream.of(Precision.INT8, Precision.INT4)
                    .filter(precision ->
                            !device.isGpu() && stored.config().integerForms().contains(precision));
            return Stream.concat(Stream.of(Precision.BFLOAT16), integers);
        }

        private boolean isSmall() {
            long elements = stored.config().parameters().stream()
                    .mapToLong(parameter ->
                            stored.checkpoint().get(parameter.name()).elements())
                    .sum();
            return elements * Float.BYTES < SMALL;
        }

        private String reason(Precision best) {
            if (best == Precision.FLOAT32) {
                return isSmall()
                        ? "small enough for the reference's arithmetic"
                        : "the CPU has no instructions for bfloat16";
            }
            return best == Precision.BFLOAT16
                    ? "the device computes bfloat16 natively"
                    : "the GPU does not compute bfloat16 natively";
        }

        private MemoryException refusal(Precision precision, String how) {
            MemoryNeed need = need(precision);
            return new MemoryException("%s needs %s of memory %s (%s), but the %s has %s available; %s"
                    .formatted(
                            stored.config().network(),
                            Size.of(need.total()),
                            how,
                            need.describe(),
                            capacity.source(),
                            Size.of(capacity.bytes()),
                            advice(precision, need)));
        }

        /** The precisions and cache sizes that would fit, in words. */
        private String advice(Precision refused, MemoryNeed need) {
            List<String> fitting = alternatives()
                    .filter(precision -> precision != refused && fits(precision))
                    .map(precision -> "%s with %s"
                            .formatted(
                                    precision.label(), Size.of(need(precision).total())))
                    .collect(Collectors.toCollection(ArrayList::new));
            long cache = capacity.bytes() - (need.total() - need.cache());
            if (need.cache() > 0 && cache >= LEAST_CACHE) {
                fitting.add("a KV cache of " + Size.of(cache));
            }
            return fitting.isEmpty() ? "no other precision would fit" : "would fit: " + String.join(", ", fitting);
        }

        private boolean fits(Precision precision) {
            return need(precision).total() <= capacity.bytes();
        }

        private MemoryNeed need(Precision precision) {
            return MemoryNeed.of(stored, placement(precision), use, heap);
        }

        private Placement placement(Precision precision) {
            return new Placement(device, precision, packsWeights);
        }
    }
}
