package dev.pargo.models.torch;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A loaded TorchScript program. Its entry methods are called by name with {@link IValue} arguments; each call crosses
 * JNI once (2 to 6 microseconds) and runs in inference mode, unless gradients are asked for.
 *
 * <p>Thread-safe: methods hold no state, weights and caches come in as arguments.
 */
public final class Script implements AutoCloseable {

    private final PtSymbolBlock module;

    private Script(PtSymbolBlock module) {
        this.module = module;
    }

    /**
     * Compiles a program from source files beside this class.
     *
     * @param manager owns the program; its device is where the program runs
     * @param main    file whose functions become the program's methods, e.g. {@code eva02}
     * @param library files that {@code main} uses, under the names that it uses
     * @throws EngineException if the source does not compile; the message has the line
     */
    public static Script load(PtNDManager manager, String main, List<String> library) {
        byte[] archive = ScriptArchive.pack(main, library);
        try {
            return new Script(JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Calls a method. The caller closes the arguments and the result.
     *
     * @throws TorchException if there is not enough memory
     * @throws EngineException if the program fails otherwise
     */
    public IValue call(String method, IValue... arguments) {
        return withClearErrors(() -> IValueUtils.runMethod(module, method, arguments));
    }

    /** The same outside of inference mode: autograd records what is computed from tensors that require gradients. */
    public IValue callWithAutograd(String method, IValue... arguments) {
        return withClearErrors(() -> AutogradCall.run(module, method, arguments));
    }

    private static IValue withClearErrors(Supplier<IValue> call) {
        try {
            return call.get();
        } catch (EngineException e) {
            Optional<TorchException> lack = TorchException.ofMemory(e);
            throw lack.isPresent() ? lack.get() : e;
        }
    }

    @Override
    public void close() {
        module.close();
    }
}
