package dev.pargo.models.chat.jinja;

/**
 * The value of a variable, an attribute or an item that does not exist. It is false, empty and written as nothing.
 *
 * @param name for messages
 */
record Undefined(String name) {

    JinjaException missing() {
        return new JinjaException("'%s' is undefined".formatted(name));
    }
}
