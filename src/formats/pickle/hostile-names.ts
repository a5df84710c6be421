// Names that no checkpoint has reason to contain: they run programs or code, reach into other
// modules, or load further pickles. A pickle that contains one is refused as a whole. The reader is
// safe without this, since it never calls anything that a pickle names; the refusal tells people
// what kind of file they have.

const modules =
  /^(?:os|posix|nt|sys|io|_io|sqlite3|distutils|zipimport|_posixsubprocess|subprocess|commands|pty|platform|runpy|importlib|imp|pkgutil|code|codeop|ctypes|_ctypes|socket|_socket|ssl|http|urllib|requests|ftplib|smtplib|webbrowser|shutil|tempfile|signal|threading|_thread|multiprocessing|concurrent|asyncio|pickle|_pickle|dill|cloudpickle|joblib|marshal|shelve|inspect|operator|_operator|gc|pdb|bdb|trace|timeit|cProfile|profile|pip|pydoc|unittest|doctest|torch\.hub|torch\.serialization(?!\._get_layout$)|torch\.jit|torch\.package|torch\.utils\.cpp_extension|torch\._inductor)(?:\.|$)/;

const functions =
  /^(?:(?:builtins|__builtin__)\.(?:eval|exec|execfile|compile|open|__import__|setattr|delattr|globals|locals|vars|input|breakpoint|help|apply|map|filter|exit|quit)|torch\.load|numpy\.load|types\.(?:FunctionType|CodeType|MethodType|ModuleType|LambdaType)|pathlib\.(?:_local\.)?(?!_local\.)\w+\.\w+|numpy\.testing\..*|torch\._utils\._import_dotted_name|copyreg\.__newobj_ex__|collections\.OrderedDict\..*)$/;

/** @param name a global of a pickle, `module.name` */
export function isHostile(name: string): boolean {
  return modules.test(name) || functions.test(name);
}
