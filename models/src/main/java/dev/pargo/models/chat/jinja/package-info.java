/**
 * Jinja as chat templates use it: its expressions, loops, macros and whitespace rules, with Python's strings, lists and
 * dicts. Values are plain Java: String, Long, Double, Boolean, List, Map, null for None. A template can use only the
 * values that it is given, and ends within limits. Source: Jinja 3.1, with the settings and extensions of transformers'
 * {@code render_jinja_template}.
 */
@NullMarked
package dev.pargo.models.chat.jinja;

import org.jspecify.annotations.NullMarked;
