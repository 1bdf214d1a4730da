/**
 * Names of methods that Ruby itself has: of all objects, of classes, and of the usual values. Asked of Ruby 3.1 (`instance_methods`).
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Methods of Object and Kernel, private ones included: what any code may call without a receiver. */
export const objectMethods = words(`
  Array BigDecimal Complex Float Hash Integer Pathname Rational String URI
  abort at_exit autoload autoload? binding block_given? caller caller_locations catch class clone define_singleton_method dup enum_for eql?
  equal? eval exec exit exit! extend fail fork format freeze frozen? gem gets global_variables hash initialize_clone initialize_copy
  initialize_dup inspect instance_eval instance_exec instance_of? instance_variable_defined? instance_variable_get instance_variable_set
  instance_variables is_a? itself kind_of? lambda load local_variables loop method method_missing methods nil? object_id p pp print printf
  private_methods proc protected_methods public_method public_methods public_send putc puts raise rand readline readlines
  remove_instance_variable require require_relative respond_to? respond_to_missing? send set_trace_func singleton_class singleton_method
  singleton_method_added singleton_method_removed singleton_method_undefined singleton_methods sleep spawn sprintf srand syscall tap throw
  to_enum to_s trace_var trap untrace_var w warn wrap yield_self select open system then test debugger
`);

/** Methods of Module and Class, private ones included. */
export const classMethods = words(`
  alias_method allocate ancestors append_features attr attr_accessor attr_reader attr_writer class_eval class_exec class_variable_defined?
  class_variable_get class_variable_set class_variables const_defined? const_get const_missing const_set const_source_location constants
  define_method deprecate_constant display extend_object extended gem_original_require include include? included included_modules inherited
  initialize instance_method instance_methods iterator? method_added method_defined? method_removed method_undefined module_eval module_exec
  module_function name prepend prepend_features prepended private private_class_method private_constant private_instance_methods
  private_method_defined? protected protected_instance_methods protected_method_defined? public public_class_method public_constant
  public_instance_method public_instance_methods public_method_defined? refine remove_class_variable remove_const remove_method ruby2_keywords
  singleton_class? subclasses superclass taint tainted? trust undef_method untaint untrust untrusted? using
`);

/**
 * Methods of strings, numbers, symbols, collections, files, times, exceptions, regular expressions and procs, of their classes, and of all objects: a
 * call of one on something unknown says nothing of a method of that name in the repository.
 */
export const valueMethods = words(`
  abort abs absolute? absolute_path absolute_path? add add? advise ajd all? allbits? amjd angle any? anybits? append arg arity ascend
  ascii_only? asctime assoc at at_exit atime autoclose? autoload autoload? b backtrace backtrace_locations basename begin between? binding
  binmode binmode? binread binwrite birthtime bit_length block_given? blockdev? bsearch bsearch_index bytes bytesize byteslice call caller
  caller_locations capitalize capitalize! captures casecmp casecmp? casefold? catch cause ceil center chain chardev? chars chdir children chmod
  chomp chomp! chop chop! chown chr chroot chunk chunk_while clamp class classify cleanpath clear clone close close_on_exec? close_read
  close_write closed? closed_read? closed_write? codepoints coerce collect collect! collect_concat combination compact compact!
  compare_by_identity compare_by_identity? compile concat copy_stream count cover? create_fast_state create_id create_pretty_state crypt ctime
  curry cwday cweek cwyear cycle datetime_format day day_fraction debug debug! debug? debugger deconstruct deconstruct_keys deep_const_get
  default default_proc define_singleton_method delete delete! delete? delete_at delete_if delete_prefix delete_prefix! delete_suffix
  delete_suffix! denominator descend detect difference dig digits directory? dirname disjoint? div divide divmod downcase downcase! downto drop
  drop_while dst? dump dump_default_options dup each each_byte each_char each_child each_codepoint each_cons each_entry each_filename
  each_grapheme_cluster each_index each_key each_line each_pair each_slice each_value each_with_index each_with_object eager empty? encode
  encode! encoding end end_with? england entries enum_for eof eof? eql? equal? error error! error? escape eval even? except exception
  exclude_end? exec executable? executable_real? exist? exists? exit exit! expand_path extend external_encoding extname fail fast_generate
  fast_unparse fatal fatal! fatal? fcntl fdatasync fdiv feed fetch fetch_values file? fileno fill filter filter! filter_map find find_all
  find_index finite? first fixed_encoding? flat_map flatten flatten! flatten_merge flock floor flush fnmatch fnmatch? for_fd force
  force_encoding foreach fork format formatter freeze friday? frozen? fsync ftype full_message gcd gcdlcm gem generate generator getbyte getc
  getgm getlocal gets getutc getwd glob global_variables gm gmt? gmt_offset gmtime gmtoff grapheme_clusters gregorian gregorian? grep grep_v
  group_by grpowned? gsub gsub! has_key? has_value? hash hex home hour httpdate iconv id2name identical? include? index infinite? info info!
  info? initialize_clone initialize_copy initialize_dup inject insert inspect instance_eval instance_exec instance_of?
  instance_variable_defined? instance_variable_get instance_variable_set instance_variables integer? intern internal_encoding intersect?
  intersection invert ioctl is_a? isatty isdst iso8601 italy itself jd jisx0301 join julian julian? keep_if key key? keys kind_of? lambda
  lambda? last last_match lazy lchmod lchown lcm ld leap? length level lineno lines link ljust load load_default_options load_file load_file!
  local local_variables localtime lock locked? log loop lstat lstrip lstrip! lutime magnitude make_link make_symlink map map! marshal_dump
  marshal_load match match? match_length max max_by mday member? merge merge! message method method_missing methods min min_by minmax minmax_by
  mjd mkdir mkfifo mkpath mktime mktmpdir modulo mon monday? month mountpoint? mtime name named_captures names nan? negative? new new_start next
  next! next_day next_float next_month next_values next_year nil? nobits? none? now nsec numerator object_id oct odd? offset one? open opendir
  options ord original_name owned? owner p pack parameters parent parse parse! parser partition path pathconf peek peek_values permutation phase
  pid pipe pipe? pop popen pos positive? post_match pow pp pre_match pread pred prepend pretty_generate pretty_print pretty_print_cycle
  pretty_unparse prev_day prev_float prev_month prev_year print printf private? private_methods proc product progname proper_subset?
  proper_superset? protected? protected_methods public? public_method public_methods public_send push putc puts pwd pwrite quo quote raise rand
  rassoc rationalize read read_nonblock readable? readable_real? readbyte readchar readline readlines readlink readpartial realdirpath realpath
  receiver recurse_proc reduce regexp rehash reject reject! relative? relative_path_from remainder remove_instance_variable rename reopen
  repeated_combination repeated_permutation replace require require_relative reset respond_to? respond_to_missing? restore reverse reverse!
  reverse_each rewind rfc2822 rfc3339 rfc822 rindex rjust rmdir rmtree root? rotate rotate! round rpartition rstrip rstrip! ruby2_keywords
  ruby2_keywords_hash ruby2_keywords_hash? sample saturday? scan scrub scrub! sec seek select select! send set_backtrace set_encoding
  set_encoding_by_bom set_trace_func setbyte setgid? setuid? sev_threshold shift shuffle shuffle! singleton_class singleton_method
  singleton_method_added singleton_method_removed singleton_method_undefined singleton_methods size size? sleep slice slice! slice_after
  slice_before slice_when socket? sort sort! sort_by sort_by! source source_location spawn split sprintf sqrt squeeze squeeze! srand start
  start_with? stat state step sticky? store strftime string strip strip! strptime sub sub! sub_ext subsec subset? subtract succ succ! sum
  sunday? super_method superset? swapcase swapcase! symlink symlink? sync synchronize syscall sysopen sysread sysseek system syswrite taint take
  take_while tally tap tell test then throw thursday? times tmpdir to_a to_ary to_c to_date to_datetime to_enum to_f to_h to_hash to_i to_int
  to_io to_path to_proc to_r to_s to_set to_str to_sym to_time tr tr! tr_s tr_s! trace_var transform_keys transform_keys! transform_values
  transform_values! transpose trap truncate try_convert try_lock tty? tuesday? tv_nsec tv_sec tv_usec umask unbind undump ungetbyte ungetc
  unicode_normalize unicode_normalize! unicode_normalized? union uniq uniq! unknown unlink unlock unpack unpack1 unparse unshift untaint
  untrace_var upcase upcase! update upto usec utc utc? utc_offset utime valid_encoding? value? values values_at w warn warn! warn? wday
  wednesday? with_index with_object world_readable? world_writable? wrap writable? writable_real? write write_nonblock xmlschema yday year yield
  yield_self zero? zip zone zone_offset
`);

/** Classes and modules of the language that repositories add to. */
export const coreClasses = words(`
  Array BasicObject Class Comparable Date DateTime Dir Encoding Enumerable Enumerator ENV Exception FalseClass File Float Hash IO Integer Kernel
  MatchData Method Module NilClass Numeric Object Pathname Proc Process Range Rational Regexp Set StandardError String StringIO Struct Symbol
  Thread Time TrueClass URI
`);
