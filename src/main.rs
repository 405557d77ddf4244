//! The program: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let code = baoctl::commands::main(&arguments);
    std::process::ExitCode::from(code.number())
}
