package dev.pargo.models.benchmark;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What torch's operations are for. */
enum OperationKind {
    /** Products with weights. */
    PRODUCTS("products"),
    ATTENTION("attention"),
    /** Norms, rotary embedding, activations, residual sums. */
    POINTWISE("pointwise"),
    /** Casts, gathers, writes into the KV cache. */
    COPIES("copies"),
    /** Views and allocations, which touch no elements. */
    VIEWS("views"),
    OTHER("other");

    private static final Map<OperationKind, Pattern> NAMES = Map.of(
            PRODUCTS,
            Pattern.compile("aten::(linear|addmm|mm|_convolution|conv2d|_weight_int[48]pack_mm\\w*)"
                    + "|mkldnn::\\w*linear\\w*|quantized::linear\\w*"),
            ATTENTION,
            Pattern.compile(
                    "aten::(_?scaled_dot_product\\w*|_?embedding_bag\\w*|_?softmax|matmul|bmm|baddbmm|masked_fill_?|tril"
                            + "|logical_(and|or|not))"),
            POINTWISE,
            Pattern.compile(
                    "aten::((native_)?layer_norm|linalg_vector_norm|rsqrt|addcmul|mul_?|add_?|sub_?|div_?|silu_?|gelu_?"
                            + "|sigmoid|mean|sum|pow|where|clamp_?(min_?)?|neg|abs|amax|argmax|max|min|minimum|maximum|eq|gt|ge|lt|le"
                            + "|cumsum|cos|sin|remainder|floor_divide)"),
            COPIES,
            Pattern.compile(
                    "aten::(copy_|to|_to_copy|cat|stack|clone|contiguous|index|index_select|index_put_?|put_|gather|embedding"
                            + "|masked_select|nonzero|repeat|reshape|flatten|constant_pad_nd|pad|index_add_|scatter_?|roll|item"
                            + "|_local_scalar_dense)"),
            VIEWS,
            Pattern.compile(
                    "aten::(view|_unsafe_view|as_strided|transpose|permute|t|narrow|slice|select|split(_with_sizes)?|chunk"
                            + "|unsqueeze|squeeze|expand|unflatten|view_as_complex|view_as_real|empty\\w*|new_empty|zeros\\w*|ones\\w*|full\\w*"
                            + "|arange|resize_|detach|alias|size|unbind|lift_fresh|zero_|fill_)"));

    private final String title;

    OperationKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** @return empty if the name says nothing */
    static Optional<OperationKind> of(String name) {
        return NAMES.entrySet().stream()
                .filter(entry -> entry.getValue().matcher(name).matches())
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
