//! Components: instances, interfaces, what stands where.

use super::{accepts, check, explains};

#[test]
fn an_instance_gives_parameters_and_nothing_else() {
    accepts(
        "component C {\n param a: Int\n param b: Int = a + 1\n let c = b\n attribute d: Int = c\n}\nsolution s {\n c: C { a = 1 }\n output d: Int = c.d\n}",
    );
    check(
        "component C {\n param size: Int = 1\n let c = 2\n}\nsolution s {\n a: C { sise = 1 }\n b: C { colour = red }\n c: C { c = 1 }\n d: C { size = 1, size = 2 }\n}",
        "unknown-field «sise»: `C` has no field `sise` => size
         unknown-field «colour»: `C` has no field `colour`
         unknown-field «c»: `C` has no field `c`
         duplicate-field «size»: `size` is given twice",
    );
}

#[test]
fn a_field_alone_stands_for_itself() {
    accepts("component C { param size: Int }\nsolution s {\n let size = 1\n c: C { size }\n}");
    explains(
        "component C { param size: Int }\nsolution s { c: C { size } }",
        "^ size | short for `size = size`
         - size | `size` is declared as `Int`
         help: say its value: `size = …`",
    );
    check(
        "component C { param size: Int = 1 }\nsolution s {\n let sise = 1\n c: C { sise }\n}",
        "unknown-field «sise»: `C` has no field `sise` => size",
    );
}

#[test]
fn only_what_is_published_is_seen_from_outside() {
    check(
        "component C {\n resource box: AWS.S3.Bucket {}\n attribute arn: deferred String = box.Arn\n}\nsolution s {\n c: C {}\n output a = c.box\n output b = c.arm\n}",
        "unknown-field «box»: `box` is private to `C`
         unknown-field «arm»: a component `C` has no `arm` => arn",
    );
}

#[test]
fn only_components_are_instantiated_and_only_on_lines_of_their_own() {
    check(
        "enum E { x }\ncomponent C {}\nsolution s {\n a: E {}\n b: AWS.S3.Bucket {}\n let c = C {}\n let d = C\n}",
        "unknown-component «E»: `E` is not a component
         unknown-component «AWS.S3.Bucket»: `AWS.S3.Bucket` is a resource type, not a component => resource
         misplaced-statement «C»: `C` cannot be instantiated inside a value
         type-mismatch «C»: `C` is a type, not a value",
    );
}

#[test]
fn an_unknown_component_says_nothing_of_its_fields() {
    check(
        "solution s {\n a: Nothing {\n  size = big\n  setting LEVEL: Int\n }\n let b = a.anything\n}",
        "unknown-component «Nothing»: there is no component `Nothing` here",
    );
}

#[test]
fn a_component_does_not_contain_itself() {
    check(
        "component A { b: B {} }\ncomponent B { a: A {} }\ncomponent C { c: C {} }",
        "recursive-component «A»: `B` contains itself
         recursive-component «C»: `C` contains itself",
    );
}

#[test]
fn an_interface_is_satisfied_by_what_has_its_members() {
    let timed = "interface Timed {\n timeout: Duration\n grant read\n}\ncomponent C { param t: Timed }\n\
                 component Good {\n param timeout: Duration = 3s\n grant read {}\n}\ncomponent Bad { param timeout: Int = 3 }\n";
    accepts(&format!(
        "{timed}fn f(t: Timed) -> Duration = t.timeout\nsolution s {{\n a: Good {{}}\n c: C {{ t = a }}\n let d = f(a)\n}}"
    ));
    explains(
        &format!("{timed}solution s {{\n b: Bad {{}}\n c: C {{ t = b }}\n}}"),
        "^ b | `Bad` has a `timeout` that is a whole number, not a duration; it has no grant `read`
         - t | `t` is declared as `Timed`
         help: pass an instance of a component that has it, or declare it there",
    );
    check(
        &format!("{timed}fn f(t: Timed) -> Duration = t.timeot\nsolution s {{ c: C {{ t = 3 }} }}"),
        "unknown-field «timeot»: a component that satisfies `Timed` has no `timeot` => timeout
         type-mismatch «3»: expected a component that satisfies `Timed`, found a whole number",
    );
}

#[test]
fn a_statement_stands_where_it_means_something() {
    check(
        "component C {\n setting LEVEL: Int\n link a.b\n output x: Int = 1\n allow s3.GetObject on \"x\"\n size = 3\n}",
        "misplaced-statement «setting LEVEL: Int»: `setting` means nothing in a component
         misplaced-statement «link a.b»: `link` means nothing in a component
         misplaced-statement «output x: Int = 1»: `output` means nothing in a component
         misplaced-statement «allow s3.GetObject on \"x\"»: `allow` means nothing in a component
         misplaced-statement «size = 3»: a field means nothing in a component => let",
    );
    check(
        "component C {}\nsolution s {\n param x: Int\n layer data\n grant g {}\n link a.b\n default C { param y: Int }\n}",
        "misplaced-statement «param x: Int»: `param` means nothing in a solution
         misplaced-statement «layer data»: `layer` means nothing in a solution
         misplaced-statement «grant g {}»: `grant` means nothing in a solution
         misplaced-statement «link a.b»: `link` means nothing in a solution
         misplaced-statement «param y: Int»: `param` means nothing in a profile",
    );
    explains(
        "solution s { allow s3.GetObject on \"x\" }",
        "^ allow s3.GetObject on \"x\" | cannot stand here
         note: access exists only through links: the target's component says what each verb allows
         help: write `link target.verb` in the instance that needs the access",
    );
}

#[test]
fn words_after_layer_and_accepts_are_known() {
    check(
        "component C {\n layer dta\n accepts links\n}",
        "unknown-name «dta»: there is no layer `dta` => data
         unknown-name «links»: a component cannot accept `links` => link",
    );
}

#[test]
fn an_output_says_its_type_unless_it_is_a_string() {
    accepts("solution s {\n output a = \"x\"\n output b: Int = 1\n output c: [String] = [\"x\"]\n}");
    explains(
        "solution s { output a = 3 }",
        "^ 3 | this is a whole number
         - a | an output is a `String` unless it says its type
         fix: write `\"3\"`",
    );
}

#[test]
fn what_was_reported_is_taken_out_of_the_hir() {
    let input = "use std.messaging.Queue\nsolution s {\n a: Queue { retention = 512MiB }\n a: Queue {}\n b: Queue { link a.send }\n}";
    let (project, found) = super::project(input);
    assert_eq!(found, 3);
    let solution = project.components.iter().find(|c| c.name == "s").unwrap();
    let instances: Vec<_> = solution.instances().map(|(_, i)| (i.fields.len(), i.links.len())).collect();
    assert_eq!(instances, [(1, 0), (0, 0)]);
    let wrong = solution.instances().next().unwrap().1.fields[0].value;
    let body = &project.bodies[solution.body.index()];
    assert!(matches!(body.expr(wrong).kind, crate::hir::ExprKind::Missing));
}

#[test]
fn what_gives_access_or_describes_a_component_means_nothing_in_a_solution() {
    check(
        "solution s {\n permit s3.GetObject to \"sns.amazonaws.com\" because \"x\"\n deny s3.All to everyone because \"x\"\n\
         connect tcp 443 to 10.0.0.0/8 because \"x\"\n stateful\n accepts link\n attribute a: Int = 1\n principal p for \"x\" {}\n}",
        "misplaced-statement «permit s3.GetObject to \"sns.amazonaws.com\" because \"x\"»: `permit` means nothing in a solution
         misplaced-statement «deny s3.All to everyone because \"x\"»: `deny` means nothing in a solution
         misplaced-statement «connect tcp 443 to 10.0.0.0/8 because \"x\"»: `connect` means nothing in a solution
         misplaced-statement «stateful»: `stateful` means nothing in a solution
         misplaced-statement «accepts link»: `accepts` means nothing in a solution
         misplaced-statement «attribute a: Int = 1»: `attribute` means nothing in a solution
         misplaced-statement «principal p for \"x\" {}»: `principal` means nothing in a solution",
    );
}

#[test]
fn a_component_is_in_the_layer_that_it_names_and_holds_data_where_it_says_so() {
    let (project, found) =
        super::project("component Store {\n layer data\n stateful\n}\ncomponent Job {}\nsolution s {}");
    assert_eq!(found, 0);
    let of = |name: &str| {
        let component = project.components.iter().find(|c| c.name == name).unwrap();
        (component.layer, component.stateful)
    };
    assert_eq!(of("Store"), (crate::hir::Layer::Data, true));
    assert_eq!(of("Job"), (crate::hir::Layer::Application, false));
}

#[test]
fn occurrences_have_the_key_that_their_clause_binds() {
    let one = "component C { param n: String = \"x\" }\n";
    accepts(&format!("{one}solution s {{ c[name]: C for name in [\"a\"] {{ n = name }} }}"));
    check(
        &format!(
            "{one}solution s {{\n a[other]: C for name in [\"a\"] {{ n = name }}\n b: C for name in [\"a\"] {{ n = name }}\n d[name]: C {{}}\n}}"
        ),
        "unknown-name «other»: the key `other` is nothing that `for` runs over => name
         misplaced-statement «name»: the occurrences of `b` have no key => [name]
         misplaced-statement «name»: nothing says what `name` runs over",
    );
}

#[test]
fn what_has_moved_had_one_name_of_its_own_before() {
    let one = "component C {}\n";
    accepts(&format!("{one}solution s {{ a: C {{ moved from \"_old1\" }} }}"));
    accepts(&format!("{one}solution s {{ a: C {{ moved from \"other.part.c\" }} }}"));
    check(
        &format!(
            "{one}solution s {{\n a: C {{ moved from \"a\" }}\n b: C {{\n  moved from \"x\"\n  moved from \"y\"\n }}\n d: C {{ moved from \"1x\" }}\n e: C {{ moved from \"a-b\" }}\n h: C {{ moved from \"a..b\" }}\n f: C {{ moved from \"x\" }}\n g: C {{ moved from \"e\" }}\n}}"
        ),
        "invalid-move «\"a\"»: `a` cannot have moved from its own name => nothing
         invalid-move «\"y\"»: `b` has moved from two names => nothing
         invalid-move «\"1x\"»: what has moved had a plain name before
         invalid-move «\"a-b\"»: what has moved had a plain name before
         invalid-move «\"a..b\"»: what has moved had a plain name before
         invalid-move «\"x\"»: `b` and `f` have both moved from `x`
         invalid-move «\"e\"»: `g` has moved from `e`, which still exists",
    );
    check(
        "solution s { resource a: AWS.S3.Bucket { moved from \"a\" } }",
        "invalid-move «\"a\"»: `a` cannot have moved from its own name => nothing",
    );
}

#[test]
fn a_setting_of_a_profile_is_one_that_an_instance_declares() {
    let instance = "component C { accepts setting }\n";
    let solution = "solution s {\n c: C { setting LOG_LEVEL: String = \"info\" }\n";
    accepts(&format!("{instance}{solution} default settings {{ LOG_LEVEL = \"debug\" }}\n}}"));
    check(
        &format!(
            "{instance}{solution} default settings {{ LOG_LEVL = \"debug\", OTHER = 1 }}\n enforce settings {{ LOG_LEVEL = 3 }}\n}}\n\
             solution t {{ default settings {{ LOG_LEVEL = \"debug\" }} }}\n"
        ),
        "unknown-name «LOG_LEVL»: no instance declares a setting `LOG_LEVL` => LOG_LEVEL
         unknown-name «OTHER»: no instance declares a setting `OTHER`
         type-mismatch «3»: expected a string, found a whole number => \"3\"
         unknown-name «LOG_LEVEL»: no instance declares a setting `LOG_LEVEL`",
    );
}

#[test]
fn one_place_says_one_thing_of_a_field() {
    let one = "component C { param n: Int = 1 }\n";
    accepts(&format!("{one}solution s {{\n default C {{ n = 2 }}\n enforce C {{ n = 3 }}\n}}"));
    check(
        &format!("{one}solution s {{\n default C {{ n = 2 }}\n default C {{ n = 3 }}\n}}"),
        "duplicate-field «n»: `n` is given twice",
    );
}

#[test]
fn a_forgotten_use_is_added_at_the_top_and_changes_nothing_else() {
    let (found, _) = super::diagnose("solution s {\n a: Bucket {}\n}", false);
    let edits: Vec<_> = found.iter().flat_map(|d| &d.fixes).flat_map(|f| &f.edits).collect();
    let [edit] = edits.as_slice() else { panic!("expected one edit, found {}", edits.len()) };
    assert_eq!((edit.span.lo, edit.span.hi, edit.replacement.as_str()), (0, 0, "use std.data.Bucket\n"));
}

#[test]
fn a_key_that_could_not_be_read_is_the_only_mistake() {
    let (found, _) = super::diagnose(
        "component C { param n: String = \"x\" }\nsolution s { c[]: C for name in [\"a\"] { n = name } }",
        false,
    );
    assert_eq!(found.len(), 1);
    assert!(found.iter().all(|d| d.code.0 == "syntax-error"), "{}", found.first().map_or("", |d| &d.message));
}

#[test]
fn a_statement_that_could_not_be_read_is_the_only_mistake() {
    let access = "use std.data.Bucket\ncomponent C {\n accepts link\n resource box: AWS.S3.Bucket {";
    for input in [
        format!("{access} ) }}\n}}"),
        format!("{access}}}\n principal role for \"lambda.amazonaws.com\" {{ ) }}\n}}"),
        format!("{access}}}\n grant g {{ ) }}\n}}"),
        format!("{access}}}\n )\n}}"),
        "use std.data.Bucket\nsolution s { a: Bucket { ) } }".to_owned(),
        "use std.data.Bucket\nsolution s { default Bucket { ) } }".to_owned(),
        "solution s { ) }".to_owned(),
        "environment e { ) }".to_owned(),
        "test \"x\" { ) }".to_owned(),
    ] {
        let (found, _) = super::diagnose(&input, false);
        let said = found.iter().filter(|d| d.code != crate::codes::UNUSED_DECLARATION);
        let codes: Vec<&str> = said.map(|d| d.code.0).collect();
        assert_eq!(codes, ["syntax-error"], "{input}");
    }
}

#[test]
fn platform_and_internet_are_components_of_the_library() {
    let (project, found) =
        super::project("component C { attribute a: deferred String? = platform.key?.arn }\nsolution s {}");
    let name = |id: Option<crate::hir::ComponentId>| project.components[id.unwrap().index()].name.clone();
    assert_eq!((name(project.platform).as_str(), name(project.internet).as_str()), ("Platform", "Internet"));
    assert_eq!(found, 0);
}
