package dev.pargo.models.torch;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.util.Arrays;

/**
 * Calls a program outside of inference mode, so that autograd records what it computes.
 *
 * <p>DJL's native entry has a flag for this, but its public {@code IValueUtils.runMethod} always passes false, and its training
 * mode for blocks takes only arrays. So the entry is looked up by name.
 */
final class AutogradCall {

    private static final String LIBRARY = "ai.djl.pytorch.jni.PyTorchLibrary";
    private static final MethodHandle RUN_METHOD;
    private static final MethodHandle NEW_VALUE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(IValue.class, MethodHandles.lookup());
            Class<?> library = lookup.findClass(LIBRARY);
            Field instance = library.getDeclaredField("LIB");
            instance.setAccessible(true);
            MethodType type = MethodType.methodType(
                    long.class, long.class, String.class, long[].class, boolean.class, boolean.class);
            RUN_METHOD = lookup.findVirtual(library, "moduleRunMethod", type).bindTo(instance.get(null));
            NEW_VALUE = lookup.findConstructor(IValue.class, MethodType.methodType(void.class, long.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private AutogradCall() {}

    /** @throws EngineException if the program fails */
    static IValue run(PtSymbolBlock module, String method, IValue... arguments) {
        long[] handles = Arrays.stream(arguments).mapToLong(IValue::getHandle).toArray();
        // The mode belongs to the thread. DJL switches it off when it loads.
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try {
            return (IValue)
                    NEW_VALUE.invoke((long) RUN_METHOD.invoke((long) module.getHandle(), method, handles, true, false));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new EngineException(e);
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
