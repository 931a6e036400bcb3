use super::*;

const ALPINE: &str = "ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit";

/// What a history tells; a step without `!` before it has a layer.
fn told(labels: &[(&str, &str)], steps: &[&str], entrypoint: &[&str], command: &[&str]) -> (String, Vec<String>) {
    let labels = labels.iter().copied().collect();
    let steps: Vec<(&str, bool)> =
        steps.iter().map(|text| (text.trim_start_matches('!'), !text.starts_with('!'))).collect();
    let traces = BuildTraces {
        labels: &labels,
        steps: &steps,
        environment: &["PATH", "LAMBDA_RUNTIME_DIR"],
        entrypoint,
        command,
        layers: steps.iter().filter(|(_, layer)| *layer).count(),
    };
    (traces.distribution().map_or("?".to_owned(), |found| found.to_string()), traces.tools())
}

fn by_steps(steps: &[&str]) -> String {
    told(&[], steps, &[], &[]).0
}

fn by_base(name: &str) -> String {
    told(&[("org.opencontainers.image.base.name", name)], &[], &[], &[]).0
}

#[test]
fn the_root_file_system_tells_the_distribution() {
    assert_eq!(by_steps(&[ALPINE, "!CMD [\"/bin/sh\"]"]), "alpine 3.20.3");
    assert_eq!(by_steps(&["# debian.sh --arch 'amd64' out/ 'bookworm' '@1730332800'"]), "debian bookworm");
    let legacy = "/bin/sh -c #(nop) ADD file:4b1be1de1a1e5aa608c688cad2824587262081866180d7368feb79d33ca05953 in / ";
    assert_eq!(by_steps(&[legacy, "!/bin/sh -c #(nop)  CMD [\"bash\"]"]), "debian");
    assert_eq!(by_steps(&["BusyBox 1.36.1 (glibc), Debian 12", "!CMD [\"sh\"]"]), "busybox 1.36.1");
    assert_eq!(by_steps(&["apko"]), "wolfi");
    assert_eq!(
        by_steps(&[legacy, "!/bin/sh -c #(nop)  CMD [\"/bin/sh\"]"]),
        "?",
        "anybody's root file system may do so"
    );
}

#[test]
fn labels_tell_the_base() {
    let cases = [
        ("docker.io/library/python:3.12-slim", "debian 3.12"),
        ("docker.io/library/node:22-alpine3.20", "alpine 3.20"),
        ("docker.io/library/golang:1.23-bookworm@sha256:5e5e", "debian bookworm"),
        ("gcr.io/distroless/static-debian12:nonroot", "distroless"),
        ("cgr.dev/chainguard/python:latest", "wolfi"),
        ("registry.access.redhat.com/ubi9/ubi-micro:9.4", "ubi-micro 9.4"),
        ("registry.access.redhat.com/ubi9/ubi-minimal:9.4", "redhat 9.4"),
        ("localhost:5000/shop/base", "?"),
        ("shop/distroless-builder:7", "?"),
        ("https://bot:correct-horse@registry.shop.example/distroless/static", "?"),
    ];
    for (name, expected) in cases {
        assert_eq!(by_base(name), expected, "{name}");
    }
    let ubuntu = [("org.opencontainers.image.ref.name", "ubuntu"), ("org.opencontainers.image.version", "24.04")];
    assert_eq!(told(&ubuntu, &[], &[], &[]).0, "ubuntu 24.04");
    assert_eq!(told(&[("com.redhat.component", "ubi9-micro-container")], &[], &[], &[]).0, "ubi-micro");
}

#[test]
fn what_runs_outweighs_what_a_label_claims() {
    let claim = [("org.opencontainers.image.base.name", "gcr.io/distroless/static")];
    let (found, tools) =
        told(&claim, &["RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit"], &[], &[]);
    assert_eq!(found, "distribution with apt-get");
    assert_eq!(tools, ["a RUN step uses /bin/sh", "a RUN step uses apt-get"]);
}

#[test]
fn an_image_from_scratch_is_copied_together() {
    assert_eq!(by_steps(&["COPY /out/server /server # buildkit", "!ENTRYPOINT [\"/server\"]"]), "scratch");
    for step in [
        "COPY / / # buildkit",
        "COPY /rootfs/ / # buildkit",
        "COPY . . # buildkit",
        "COPY /usr/bin /usr/bin/ # buildkit",
    ] {
        assert_eq!(by_steps(&[step]), "?", "{step}");
    }
    assert_eq!(by_steps(&["bazel build ...", "COPY /app /app # buildkit"]), "?", "a layer that no copy explains");
    let system = "!/bin/sh -c #(nop) COPY dir:5e5e in / ";
    assert_eq!(by_steps(&[system, "/bin/sh -c #(nop) COPY file:5e5e in /app/ "]), "?", "a layer that holds two copies");
    assert_eq!(by_steps(&[]), "?");
}

#[test]
fn shells_and_package_managers_leave_signs() {
    let tools = |step: &str| told(&[], &[step], &[], &[]).1;
    assert_eq!(tools("RUN |1 TOKEN=x /bin/bash -o pipefail -c make # buildkit"), ["a RUN step uses /bin/bash"]);
    assert_eq!(tools("/bin/sh -c apk add --no-cache git"), ["a RUN step uses /bin/sh", "a RUN step uses apk"]);
    assert_eq!(tools("RUN /bin/sh -c (microdnf install -y tar) # buildkit").len(), 2);
    assert_eq!(tools("RUN /app/prepare # buildkit"), [""; 0]);
    assert_eq!(tools("/bin/sh -c #(nop)  EXPOSE 80"), [""; 0]);
    assert_eq!(tools("COPY apt install # buildkit"), [""; 0]);
    assert_eq!(told(&[], &[], &["/bin/sh"], &["bash"]).1, ["Cmd starts bash", "Entrypoint starts /bin/sh"]);
}

#[test]
fn a_base_image_for_lambda_is_amazon_linux() {
    assert_eq!(told(&[], &[], &["/lambda-entrypoint.sh"], &["app.handler"]).0, "amazonlinux");
}

#[test]
fn instructions_are_told_in_both_forms() {
    let cases = [
        ("RUN /bin/sh -c make # buildkit", "RUN"),
        ("RUN |1 A=b /bin/sh -c make", "RUN"),
        ("|1 A=b /bin/sh -c make", "RUN"),
        ("/bin/sh -c make", "RUN"),
        ("/bin/sh -c #(nop)  ENV A=b", "ENV"),
        ("/bin/sh -c #(nop) COPY dir:5e in /app ", "COPY"),
        ("ENTRYPOINT [\"/app\"]", "ENTRYPOINT"),
        ("bazel build ...", "OTHER"),
        ("", "OTHER"),
    ];
    for (text, expected) in cases {
        assert_eq!(instruction(text), expected, "{text}");
    }
}

#[test]
fn a_release_file_names_the_distribution() {
    let release = |text: &str| by_os_release(text).map(|found| found.to_string());
    assert_eq!(release("NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.20.3\n").as_deref(), Some("alpine 3.20.3"));
    let distroless = "PRETTY_NAME=\"Distroless\"\nNAME=\"Debian GNU/Linux\"\nID=\"debian\"\nVERSION_ID=\"12\"\n";
    assert_eq!(release(distroless).as_deref(), Some("distroless 12"));
    assert_eq!(release("ID=amzn\nVERSION_ID=2023\n").as_deref(), Some("amazonlinux 2023"));
    assert_eq!(release("ID=\"nix\u{1b}[31mos\"\n").as_deref(), Some("nix31mos"));
    assert_eq!(release("garbage"), None);
}
