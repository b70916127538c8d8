package dev.pargo.models.chat;

import java.beans.FeatureDescriptor;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/** Python's methods of strings that chat templates call. */
final class StringMethods extends ELResolver {

    @Override
    public @Nullable Object invoke(
            ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
        if (!(base instanceof String text)) {
            return null;
        }
        String argument = arguments.length > 0 ? String.valueOf(arguments[0]) : "";
        Object result = switch (String.valueOf(method)) {
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> capitalize(text);
            case "title" -> title(text);
            case "strip" -> arguments.length == 0 ? text.strip() : rstrip(lstrip(text, argument), argument);
            case "lstrip" -> arguments.length == 0 ? text.stripLeading() : lstrip(text, argument);
            case "rstrip" -> arguments.length == 0 ? text.stripTrailing() : rstrip(text, argument);
            case "startswith" -> text.startsWith(argument);
            case "endswith" -> text.endsWith(argument);
            case "split" -> split(text, arguments.length == 0 ? null : argument);
            case "replace" -> text.replace(argument, String.valueOf(arguments[1]));
            case "find" -> text.indexOf(argument);
            default -> null;
        };
        if (result != null) {
            context.setPropertyResolved(true);
        }
        return result;
    }

    private static String capitalize(String text) {
        return text.isEmpty()
                ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT)
                        + text.substring(1).toLowerCase(Locale.ROOT);
    }

    private static String title(String text) {
        StringBuilder title = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            title.append(inside ? Character.toLowerCase(letter) : Character.toUpperCase(letter));
            inside = Character.isLetter(letter);
        }
        return title.toString();
    }

    private static String lstrip(String text, String characters) {
        int from = 0;
        while (from < text.length() && characters.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        return text.substring(from);
    }

    private static String rstrip(String text, String characters) {
        int to = text.length();
        while (to > 0 && characters.indexOf(text.charAt(to - 1)) >= 0) {
            to--;
        }
        return text.substring(0, to);
    }

    private static List<String> split(String text, @Nullable String separator) {
        return separator == null
                ? Arrays.stream(text.strip().split("\\s+"))
                        .filter(part -> !part.isEmpty())
                        .toList()
                : Arrays.asList(text.split(java.util.regex.Pattern.quote(separator), -1));
    }

    @Override
    public @Nullable Object getValue(ELContext context, Object base, Object property) {
        return null;
    }

    @Override
    public @Nullable Class<?> getType(ELContext context, Object base, Object property) {
        return null;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {
        // Strings have nothing to set.
    }

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        return true;
    }

    @Override
    public @Nullable Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
        return null;
    }

    @Override
    public @Nullable Class<?> getCommonPropertyType(ELContext context, Object base) {
        return null;
    }
}
